"""What a page gets to show and answer a survey by: signed, so that it says who got it.

It is not the token of a mail's link: whoever only claims to be somebody gets no link of theirs.
"""

from typing import NamedTuple
from uuid import UUID

from django.core import signing

_SALT = "afterword.feedback.in_app"


class HandedOut(NamedTuple):
    invitation_id: UUID
    is_claimed: bool  # to somebody whom no server vouched for


def hand_out(invitation_id: UUID, *, is_claimed: bool) -> str:
    return signing.dumps([invitation_id.hex, is_claimed], salt=_SALT)


def read_handed_out(value: str) -> HandedOut | None:
    """Return what was handed out; None if it is not ours."""
    try:
        signed = signing.loads(value, salt=_SALT)
    except signing.BadSignature:
        return None
    match signed:
        case [str(id_), bool(is_claimed)]:
            return HandedOut(UUID(id_), is_claimed)
    return None
