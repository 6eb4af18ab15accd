"""An occasion by the clock: a customer is due in a regular campaign."""
