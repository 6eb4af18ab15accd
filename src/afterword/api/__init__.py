"""The REST API, version 2."""
