"""Whom a campaign asks: one definition of filters. Mostly pure."""
