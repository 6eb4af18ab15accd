"""Signatures of webhooks as Svix makes them (docs.svix.com/receiving/verifying-payloads). Pure."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping
from hashlib import sha256

TOLERANCE = 300  # seconds between the sender's clock and ours


def is_genuine(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Return whether one of the signatures is right, and the post is no old one.

    `secret` is `whsec_` and base64; `now` is in seconds since 1970. Raises ValueError where the
    secret is none.
    """
    id_, moment = headers.get("svix-id", ""), headers.get("svix-timestamp", "")
    if not id_ or not moment.isascii() or not moment.isdigit():
        return False
    if abs(now - int(moment[:15])) > TOLERANCE:
        return False
    key = b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{id_}.{moment}.".encode() + body, sha256)
    expected = b"v1," + b64encode(mac.digest())
    given = headers.get("svix-signature", "").encode().split()[:10]
    return any(hmac.compare_digest(one, expected) for one in given)
