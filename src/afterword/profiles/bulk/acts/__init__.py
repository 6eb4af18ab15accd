"""A module for each thing that can be done for many; each asks, and does it for one batch."""
