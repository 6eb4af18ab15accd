"""Whose answers: filters by property, tag and company, as customers were or as they are."""
