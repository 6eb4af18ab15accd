"""Companies: what all customers of one said, and the names that lead to it."""
