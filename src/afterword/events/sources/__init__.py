"""The shapes in which services send events: a folder for each."""
