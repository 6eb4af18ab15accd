"""The outbox: the pages that show surveys."""
