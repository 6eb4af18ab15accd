"""Changing a property's type, and with it the values that customers have."""
