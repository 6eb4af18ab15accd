"""3 decide: whether to ask, with the reason, for every occasion."""
