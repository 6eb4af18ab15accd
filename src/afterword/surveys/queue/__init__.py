"""The queue's pages: what waits to be sent, until when, and why."""
