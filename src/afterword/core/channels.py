"""PostgreSQL's notification channels."""

# Tokens or campaigns changed: whoever keeps them in memory reads them again.
LISTENING = "afterword_listening"
