"""A survey that is shown inside the company's own application; not offered yet."""
