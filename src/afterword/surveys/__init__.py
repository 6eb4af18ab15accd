"""4 ask: one survey's life, from being scheduled to being answered."""
