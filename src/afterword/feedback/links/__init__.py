"""Links that are handed out: who opens one says who they are, and is asked at once."""
