"""Leaf helpers that know no word of what the product is about."""
