"""Mail: what it looks like, where it comes from, how it is handed to a server."""
