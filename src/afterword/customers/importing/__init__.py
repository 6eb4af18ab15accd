"""Customers from CSV files: read, mapped, shown before it counts, and taken over in batches."""
