"""The survey page, and how an answer is recorded."""
