"""What may be done for many customers at once: those that are ticked, or all that a list means."""
