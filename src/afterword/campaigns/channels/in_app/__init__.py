"""A survey that is shown inside the company's own application (`feedback/in_app`)."""
