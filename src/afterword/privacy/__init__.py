"""A person's rights: all that is kept of somebody, as a file; and its erasure, with a receipt."""
