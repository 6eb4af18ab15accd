"""Tells by a request's head alone, before its body is read, whether somebody has signed in."""

from collections.abc import Iterable

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.http import parse_cookie


async def is_signed_in(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """`headers` as ASGI has them. What its person may do is for the page to ask."""
    sent = "; ".join(value.decode("latin-1") for name, value in headers if name == b"cookie")
    key = parse_cookie(sent).get(settings.SESSION_COOKIE_NAME)
    # In a thread of its own: no request has begun, whose thread and connection it could use.
    return bool(key) and await sync_to_async(_has_begun, thread_sensitive=False)(key)


def _has_begun(key: str | None) -> bool:
    try:
        return SESSION_KEY in SessionStore(key).load()
    finally:
        connection.close()
