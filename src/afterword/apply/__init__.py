"""A workspace as a file: read, checked, and made so."""
