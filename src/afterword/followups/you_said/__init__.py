"""You said, we did: one mail to the people behind some answers, and what it changed."""
