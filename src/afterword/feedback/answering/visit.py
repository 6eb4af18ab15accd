"""Proof that whoever sends an answer has loaded its page: these pages have no cookies.

And what the page's script says of them.
"""

import secrets
import time
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from django.core import signing

LIFE = timedelta(days=1)
A_BREATH = timedelta(seconds=1)  # nobody reads that they are asked once more, and acts, any sooner
# What the scripts of the pages say of the visitor; without JavaScript they say nothing.
A_PERSON, NOBODY_YET = "person", "nobody"
_SALT = "afterword.feedback.answering.visit"


class Visit(NamedTuple):
    """One loading of the page."""

    hit: UUID
    age: timedelta
    is_repeated: bool  # the page that asked to press the button once more


def new_visit(answer_token: str, hit: UUID, *, is_repeated: bool = False) -> str:
    """Return a signed value that is good for one survey, for a day; no two are the same."""
    milliseconds = time.time_ns() // 1_000_000
    value = [answer_token, hit.hex, milliseconds, is_repeated, secrets.token_urlsafe(6)]
    return signing.dumps(value, salt=_SALT)


def read_visit(value: str, answer_token: str) -> Visit | None:
    """Return the visit to this survey's page that `value` proves; None if it proves none."""
    try:
        signed = signing.loads(value, salt=_SALT, max_age=LIFE)
    except signing.BadSignature:
        return None
    match signed:
        case [token, str(hit), int(milliseconds), bool(is_repeated), _] if token == answer_token:
            age = timedelta(milliseconds=time.time_ns() // 1_000_000 - milliseconds)
            return Visit(UUID(hit), age, is_repeated)
    return None
