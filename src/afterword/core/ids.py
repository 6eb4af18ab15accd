"""Keys of rows and secrets of links."""

import secrets
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a UUIDv7: unique, and ordered by time so that indexes grow at one end."""
    return uuid7()


def parsed_id(text: str) -> UUID | None:
    """Return the key that somebody wrote; None if it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def new_link_token() -> str:
    """Return 22 URL-safe characters that hold 128 random bits."""
    return secrets.token_urlsafe(16)
