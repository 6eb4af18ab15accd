"""Campaigns: whom to ask, when, by which channel."""
