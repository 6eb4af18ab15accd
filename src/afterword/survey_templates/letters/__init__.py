"""A survey mail's words and looks: subject, HTML and text."""
