"""Addresses that a company's own server has signed: who opens one is who it says.

The key is made of the link's token and this installation's secret key, so that none is stored;
whoever has it can sign for every address, by that one link.
"""

import hashlib
import hmac

from django.conf import settings

FIELD = "signature"


def key_of(link_token: str) -> str:
    """Return the key as it is handed out: 64 lower-case hexadecimal digits."""
    mixed = b"signed links\0" + link_token.encode()
    return hmac.new(settings.SECRET_KEY.encode(), mixed, hashlib.sha256).hexdigest()


def signature(link_token: str, email: str) -> str:
    """Return the HMAC-SHA256 of an address in lower case, in hexadecimal digits."""
    return hmac.new(key_of(link_token).encode(), email.lower().encode(), hashlib.sha256).hexdigest()


def is_signed(link_token: str, email: str, given: str) -> bool:
    wanted = signature(link_token, email)
    return hmac.compare_digest(wanted.encode(), given.strip().lower().encode())
