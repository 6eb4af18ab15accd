"""Customers, their typed properties, and the ids that applications know them by."""
