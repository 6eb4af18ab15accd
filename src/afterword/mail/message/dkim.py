"""Signs mail (DKIM, RFC 6376): relaxed/relaxed, rsa-sha256. Pure.

Written by hand because it is on the hot path: dkimpy takes 10 ms for a mail. Two others, dkimpy
and mailauth, verify what is signed here in the tests. Nearly all of the time left is that of
cryptography's RSA, which lets other threads of Python run meanwhile.
"""

import re
from base64 import b64encode
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

KEY_BITS = 2048  # RFC 8301; a longer key's record does not fit where DNS has 512 octets
# Signed once more than a mail has them: whoever adds a second one breaks the signature.
ONCE_MORE = (
    "from", "to", "cc", "subject", "date", "message-id", "reply-to", "mime-version",
    "content-type", "list-unsubscribe", "list-unsubscribe-post",
)  # fmt: skip
# Signed where a mail has them.
AS_THEY_ARE = ("feedback-id", "auto-submitted")
_FIELD_END = re.compile(rb"\r\n(?![ \t])")
_LINE = 70  # octets of base64 on one line

Field = tuple[bytes, bytes]  # name and value, with the white space that was between them


class BadKey(ValueError):
    """What should be a private key is none."""


class Signer:
    """Signs for one domain. The same mail always gets the same signature."""

    def __init__(self, domain: str, selector: str, private_key_pem: str) -> None:
        """`domain` is in ASCII. Raise BadKey unless the key is one of RSA, in PEM."""
        self.domain = domain
        self.selector = selector
        self._key = _private_key(private_key_pem)

    def sign(self, content: bytes) -> bytes:
        """Return a message of CRLF lines with its signature before it."""
        head, _, body = content.partition(b"\r\n\r\n")
        fields = _fields(head)
        body_hash = b64encode(sha256(_canonical_body(body)).digest())
        unsigned = self._unsigned(_names(fields), body_hash)
        signed = _canonical([*fields, (b"DKIM-Signature", unsigned)]).removesuffix(b"\r\n")
        signature = self._key.sign(signed, PKCS1v15(), SHA256())
        return b"DKIM-Signature:%b%b\r\n%b" % (unsigned, _on_lines(signature), content)

    def _unsigned(self, names: list[str], body_hash: bytes) -> bytes:
        """The header's value up to the signature, which goes at its end."""
        return (
            f" v=1; a=rsa-sha256; c=relaxed/relaxed; s={self.selector};\r\n d={self.domain};\r\n"
            f" h={_wrapped(names)};\r\n bh={body_hash.decode()};\r\n b="
        ).encode()


def new_private_key() -> str:
    """Return a new key, in PEM."""
    key = generate_private_key(65537, KEY_BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_key(private_key_pem: str) -> str:
    """Return the public half as the record in DNS has it; raise BadKey."""
    public = _private_key(private_key_pem).public_key()
    return b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def _private_key(pem: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError) as fault:
        raise BadKey("This is no private key in PEM.") from fault
    if not isinstance(key, RSAPrivateKey):
        raise BadKey("This is no RSA key.")
    return key


def _fields(head: bytes) -> list[Field]:
    """The fields that are signed, in the order in which the signature names them."""
    by_name: dict[str, list[Field]] = {}
    for field in _FIELD_END.split(head):
        name, _, value = field.partition(b":")
        by_name.setdefault(name.strip().lower().decode("ascii", "replace"), []).append(
            (name, value)
        )
    # Of several, verifiers take the last first (RFC 6376, 5.4.2).
    return [
        field for name in (*ONCE_MORE, *AS_THEY_ARE) for field in reversed(by_name.get(name, []))
    ]


def _names(fields: list[Field]) -> list[str]:
    """The names for h=: one more than there are stands for a field that is not there."""
    there = [name.strip().lower().decode() for name, _ in fields]
    return [*there, *ONCE_MORE]


def _canonical(fields: list[Field]) -> bytes:
    """RFC 6376, 3.4.2."""
    return b"".join(
        b"%b:%b\r\n" % (name.strip().lower(), _squeezed(value.replace(b"\r\n", b"")).strip(b" \t"))
        for name, value in fields
    )


def _canonical_body(body: bytes) -> bytes:
    """RFC 6376, 3.4.4."""
    lines = _squeezed(body + b"\r\n").replace(b" \r\n", b"\r\n")
    while lines.endswith(b"\r\n\r\n"):
        lines = lines[:-2]
    return b"" if lines == b"\r\n" else lines


def _squeezed(text: bytes) -> bytes:
    """Each run of blanks is one space; some ten times as fast as with a pattern."""
    text = text.replace(b"\t", b" ")
    while b"  " in text:
        text = text.replace(b"  ", b" ")
    return text


def _wrapped(names: list[str]) -> str:
    lines = [names[0]]
    for name in names[1:]:
        if len(lines[-1]) + len(name) > _LINE:
            lines[-1] += ":"
            lines.append(name)
        else:
            lines[-1] += f":{name}"
    return "\r\n  ".join(lines)


def _on_lines(signature: bytes) -> bytes:
    text = b64encode(signature)
    return b"\r\n  ".join(text[i : i + _LINE] for i in range(0, len(text), _LINE))
