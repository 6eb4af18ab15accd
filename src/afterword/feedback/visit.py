"""Proof that whoever sends an answer has loaded its page: these pages have no cookies."""

import secrets
from datetime import timedelta

from django.core import signing

LIFE = timedelta(days=1)
_SALT = "afterword.feedback.visit"


def new_visit(answer_token: str) -> str:
    """Return a signed value that is good for one survey, for a day; no two are the same."""
    return signing.dumps([answer_token, secrets.token_urlsafe(6)], salt=_SALT)


def is_visit(value: str, answer_token: str) -> bool:
    try:
        signed = signing.loads(value, salt=_SALT, max_age=LIFE)
    except signing.BadSignature:
        return False
    return isinstance(signed, list) and signed[:1] == [answer_token]
