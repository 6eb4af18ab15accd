"""Ids that only we can have given out, short enough for a mail address's local part.

A signed id is good for one purpose: the one of a bounce address opens no picture.
"""

from base64 import b32decode, b32encode
from hashlib import blake2b
from hmac import compare_digest
from uuid import UUID

from django.conf import settings

_SIGNATURE = 9  # bytes; 72 bits cannot be guessed over a network, and 25 bytes fill base32 evenly


def sign(purpose: str, id_: UUID) -> str:
    """Return 40 lower-case letters and digits; whoever changes their case changes nothing."""
    return b32encode(id_.bytes + _signature(purpose, id_)).decode().lower()


def read(purpose: str, signed: str) -> UUID | None:
    """Return the id that was signed for `purpose`; None if it was not, or not by us."""
    try:
        raw = b32decode(signed.upper().encode("ascii"))
    except ValueError:
        return None
    if len(raw) != 16 + _SIGNATURE:
        return None
    id_ = UUID(bytes=raw[:16])
    return id_ if compare_digest(raw[16:], _signature(purpose, id_)) else None


def _signature(purpose: str, id_: UUID) -> bytes:
    key = blake2b(settings.SECRET_KEY.encode(), digest_size=32).digest()
    mixed = purpose.encode() + b"\0" + id_.bytes
    return blake2b(mixed, key=key, digest_size=_SIGNATURE, person=b"signed id").digest()
