"""Makes text such that PostgreSQL takes it."""

import re
import unicodedata

_SURROGATE = re.compile("[\ud800-\udfff]")
_ATOM = r"[^\s@<>()\[\]{}\"',:;=/\\]"
# Begins only where a word does, so that a long one takes no longer than its length.
_ADDRESS = re.compile(rf"(?<!{_ATOM}){_ATOM}++@{_ATOM}++")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# What turns the direction of a text, which a header could be made to lie with.
_DIRECTIONS = re.compile(r"[\u202a-\u202e\u2066-\u2069\ufeff]+")


def clean_text(value: str) -> str:
    """Return `value` in NFC, with U+FFFD for what PostgreSQL refuses: NULs and lone surrogates."""
    if value.isascii() and "\x00" not in value:
        return value
    value = value.replace("\x00", "\ufffd")
    if _SURROGATE.search(value):  # this also joins the two halves of a split character
        value = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return unicodedata.normalize("NFC", value)


def without_addresses(text: str) -> str:
    """Return what a server said, without whom it said it of."""
    return _ADDRESS.sub("***@***", text)


def clean_json(value: object) -> object:
    """Return a JSON value with its texts and keys clean; its depth is the caller's to limit."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(key): clean_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clean_json(item) for item in value]
    return value


def one_line(text: str) -> str:
    """Return `text` clean, with a space for each run of line ends and other controls."""
    return clean_text(text if text.isprintable() else _CONTROLS.sub(" ", text).strip())


def header_line(text: str) -> str:
    """Return `text` on one line as a header may have it: nothing turned, spaces single."""
    if not text.isprintable():
        text = _DIRECTIONS.sub(" ", _CONTROLS.sub(" ", text))
    return clean_text(" ".join(text.split()))
