"""Which address mail comes from: sender domains, their records and keys."""
