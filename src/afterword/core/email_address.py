"""One canonical spelling for each e-mail address, or None where there is no address. Pure."""

import re
import unicodedata
from functools import lru_cache

import email_validator

MAX_LENGTH = 254  # octets, RFC 5321 4.5.3.1.3 with erratum 1690 of RFC 3696

# A dot-atom of at most 64 octets before the @ (RFC 5322 3.2.3, RFC 5321 4.5.3.1.1), then host name
# labels (RFC 1123 2.1) under a top-level domain that ends with a letter, as all do. Dotless domains
# are refused: ICANN prohibits them.
_ORDINARY = re.compile(
    r"(?=[^@]{1,64}@)"
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+"
    r"(?:[a-z0-9][a-z0-9-]{0,61})?[a-z]"
)
_IMPOSSIBLE = re.compile(r"[\x00-\x20\x7f\"<>()\[\],:;\\\ud800-\udfff\ufffd]")

# Names such as .test and .local work inside a company, which is where Afterword often runs.
# This list is the setting that email-validator documents for them.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


def normalise(value: object) -> str | None:
    """Return the address trimmed, NFC and lower-cased, its domain in Unicode; None if impossible.

    Only a bare address is one: no display name, `mailto:`, quoted local part, IP literal or list.
    Nothing is asked of the network, so the domain need not exist.
    """
    if not isinstance(value, str):
        return None
    address = value.strip()
    if len(address) > MAX_LENGTH:
        return None
    if not address.isascii():
        return _international(address)
    address = address.lower()
    if not _ORDINARY.fullmatch(address):
        return None
    return _international(address) if _has_punycode(address) else address


def _has_punycode(address: str) -> bool:
    return "xn--" in address and ("@xn--" in address or ".xn--" in address.partition("@")[2])


@lru_cache(maxsize=4096)  # the library takes some hundred times as long as the pattern above
def _international(address: str) -> str | None:
    address = _fold(address)
    if address.count("@") != 1 or _IMPOSSIBLE.search(address):
        return None
    try:
        checked = email_validator.validate_email(
            address, check_deliverability=False, allow_smtputf8=True
        )
    except ValueError:  # EmailNotValidError, and what codecs raise on odd input
        return None
    return _fold(checked.normalized)


def _fold(address: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", address).lower())
