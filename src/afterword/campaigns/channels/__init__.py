"""How a campaign reaches people: a room for each channel."""
