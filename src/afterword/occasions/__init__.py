"""2 occasion: what a decision is about. A folder for each kind, what they share in `occasion`."""
