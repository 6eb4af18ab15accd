"""Segment's tracking API, as its clients speak it."""
