"""7 insight: what the answers mean."""
