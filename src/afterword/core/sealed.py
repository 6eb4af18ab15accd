"""Secrets that must be read again, such as passwords of mail servers: encrypted in the database."""

from base64 import urlsafe_b64encode
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(ValueError):
    """Sealed under another secret key; its text is safe to show."""


def seal(secret: str) -> str:
    """Encrypt `secret` with a key derived from AFTERWORD_SECRET_KEY."""
    return _fernet(settings.SECRET_KEY).encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Return what was sealed; raises Unreadable if the secret key has changed since."""
    try:
        return _fernet(settings.SECRET_KEY).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Unreadable(
            "A stored secret cannot be read: AFTERWORD_SECRET_KEY is not the one it was "
            "stored under. Set that key again, or enter the secret anew."
        ) from None


@cache
def _fernet(secret_key: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"afterword.core.sealed").derive(
        secret_key.encode()
    )
    return Fernet(urlsafe_b64encode(derived))
