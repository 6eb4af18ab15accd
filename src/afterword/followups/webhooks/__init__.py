"""Webhooks: tell another web application what happened, signed, and again until it hears."""
