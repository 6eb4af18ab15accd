"""Reads what a service posted, as JSON or as a form."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

from afterword.core import foreign_json
from afterword.core.text import clean_json
from afterword.events.arrival import clean
from afterword.events.masking import masked
from afterword.events.sources.segment.payload import PayloadError
from afterword.hooks.models import MAX_EXCERPT

MOST_BYTES = 64 * 1024
MOST_CHARACTERS = 24 * 1024  # of the JSON that is made of it; more would not fit into an event
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
# Names under which services send keys of their own.
_KEYS = frozenset({"apikey", "writekey", "secret", "token", "password", "authorization"})


class Unreadable(ValueError):
    """What was posted cannot be read; the text says how to mend it."""


def read_payload(request: HttpRequest) -> dict[str, Any]:
    """Return the object that was posted; raises Unreadable."""
    if request.content_type in FORMS:
        return _of_form(request)
    try:
        found = foreign_json.read(clean(request.body))
    except (foreign_json.Malformed, PayloadError) as error:
        raise Unreadable(str(error)) from None
    if isinstance(found, list) and len(found) == 1:  # as some services wrap it
        [found] = found
    if not isinstance(found, dict):
        raise Unreadable('Post one JSON object, such as {"email": "ann@example.com"}.')
    return found


def _of_form(request: HttpRequest) -> dict[str, Any]:
    try:
        sent = {name: request.POST.getlist(name) for name in request.POST}
    except (BadRequest, MultiPartParserError, SuspiciousOperation):
        raise Unreadable("The form cannot be read. Post it as JSON instead.") from None
    said = {name: values[0] if len(values) == 1 else values for name, values in sent.items()}
    cleaned = clean_json(said)
    assert isinstance(cleaned, dict)
    return cleaned


def excerpt_of(payload: Mapping[str, Any]) -> str:
    """Return the payload as it is kept to be looked at: JSON without keys, or its beginning."""
    return json.dumps(_masked(payload), indent=2, ensure_ascii=False)[:MAX_EXCERPT]


def read_excerpt(excerpt: str) -> dict[str, Any] | None:
    """Return the payload that an excerpt shows; None where only its beginning was kept."""
    try:
        found = foreign_json.read(excerpt.encode())
    except foreign_json.Malformed:
        return None
    return found if isinstance(found, dict) else None


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, list):
        return [_masked(each) for each in value]
    if isinstance(value, Mapping):
        return {name: "…" if _names_a_key(name) else _masked(each) for name, each in value.items()}
    return value


def _names_a_key(name: str) -> bool:
    return name.casefold().replace("_", "").replace("-", "") in _KEYS
