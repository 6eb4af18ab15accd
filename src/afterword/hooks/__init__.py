"""Inbound webhooks: what other services post to us about a person, and what it sets off."""
