"""Closing the loop: whose it is to follow up an answer, until when, and what came of it."""
