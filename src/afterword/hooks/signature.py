"""What a sender signs its calls with: `X-Signature`, HMAC-SHA256 of the body in hex."""

import hashlib
import hmac
import secrets

PREFIX = "hook_"


def new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(24)


def signature_of(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_genuine(secret: str, body: bytes, sent: str) -> bool:
    """Compare in constant time; `sha256=` before it, as some senders have it, is taken too."""
    given = sent.strip().lower().removeprefix("sha256=")
    return hmac.compare_digest(signature_of(secret, body).encode(), given.encode())
