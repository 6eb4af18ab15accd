"""An occasion that is an event: an application said that something happened."""
