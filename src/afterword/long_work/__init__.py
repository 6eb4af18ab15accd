"""Work in thousands that a person starts and watches; it goes in batches, and survives kills."""
