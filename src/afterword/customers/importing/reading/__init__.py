"""How a CSV file is read: its encoding, its separator, its rows, and what its columns mean."""
