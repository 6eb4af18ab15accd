"""Offer to undo what was just done: a button in the message that says so."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

KEY = "undo"


def offer(
    request: HttpRequest, words: str, address: str, what: Mapping[str, Any] | None = None
) -> None:
    """Say what was done; the button posts to `address`, where `take` returns `what`.

    Only the last thing done can be undone: what it needs is kept in the session, and nobody can
    make it up.
    """
    request.session[KEY] = {"address": address, "what": dict(what or {})}
    messages.success(request, words, extra_tags=address)


def take(request: HttpRequest) -> dict[str, Any] | None:
    """Return what is to be undone at this address, once; None if it is too late, and say so."""
    kept = request.session.get(KEY)
    if not kept or kept["address"] != request.path:
        messages.warning(request, "It is too late to undo this: something else was done since.")
        return None
    del request.session[KEY]
    found: dict[str, Any] = kept["what"]
    return found
