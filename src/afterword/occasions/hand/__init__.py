"""An occasion by hand: a member asks one customer, or some."""
