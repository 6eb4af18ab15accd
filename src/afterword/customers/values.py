"""Turns what an event or a file says into typed, storable values of customers. Pure."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from afterword.core.instants import parse_instant
from afterword.core.text import clean_text, one_line

MAX_TEXT = 10_000  # characters
MAX_ITEMS = 1_000
_WHOLE = 2**53  # below it a float holds each whole number
_LARGEST = 10**308  # beyond it a float is infinite, and so would be what a JSON reader sees
_SHOWN = 80


class PropertyType(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    COLLECTION = "collection"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a value does not fit its type; the message is safe to show."""

    message: str


Value = str | float | int | list[str] | bool

_EXPECTED = {
    PropertyType.TEXT: f"a text of at most {MAX_TEXT:,} characters",
    PropertyType.NUMBER: "a number such as 39.95",
    PropertyType.DATE: "a date such as 11/23/2026 (month first) or 2026-11-23T09:30:00Z",
    PropertyType.COLLECTION: f"a list of at most {MAX_ITEMS:,} words, or words between commas",
    PropertyType.BOOLEAN: "true or false, yes or no, 1 or 0",
}

# ---- any value to its type


def convert(value: object, kind: PropertyType) -> Value | Problem | None:
    """Return `value` as JSON can hold it: None if it is empty, a Problem if it does not fit.

    Empty are null, blank text, [] and {}: they unassign. Text comes back stripped and clean,
    a date as `YYYY-MM-DDTHH:MM:SSZ`, a collection as a list of different texts in order.
    """
    if isinstance(value, str):
        value = value.strip()
        if not value:
            return None
    elif value is None or (isinstance(value, list | dict) and not value):
        return None
    converted: Value | None
    if kind == PropertyType.TEXT:
        converted = _text(value)
    elif kind == PropertyType.NUMBER:
        converted = _number(value)
    elif kind == PropertyType.DATE:
        converted = _date(value)
    elif kind == PropertyType.BOOLEAN:
        converted = _truth(value)
    else:
        converted = _collection(value)
        if converted == []:
            return None
    if converted is None:
        return Problem(f"Expected {_EXPECTED[kind]}; got {describe(value)}.")
    return converted


def written(value: Value | None) -> str:
    """Return a stored value as a person would type it; a date in full, nothing as ""."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(value)
    return "" if value is None else str(value)


def same(one: object, other: object) -> bool:
    """Tell whether two stored values are one: true is no 1, though Python calls them equal."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def describe(value: object) -> str:
    """Return what came, in a few words on one line, to show to the person who sent it."""
    if value is None:
        return "nothing"
    if isinstance(value, list):
        return f"a list of {len(value):,}"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and not -_LARGEST <= value <= _LARGEST:
        return "a number with more than 308 digits"
    text = one_line(str(value)[: _SHOWN + 1])
    quote = '"' if isinstance(value, str) else ""
    return quote + (text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…") + quote


def items_of(value: object) -> Sequence[object]:
    """Return the items of a list, or of text between commas; anything else is its only item."""
    if isinstance(value, str):
        return value.split(",")
    return value if isinstance(value, list) else [value]


def _text(value: object) -> str | None:
    if isinstance(value, str):
        text = clean_text(value.strip())
        return text if len(text) <= MAX_TEXT else None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if -_LARGEST <= value <= _LARGEST else None
    if isinstance(value, float) and math.isfinite(value):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return None


def _collection(value: object) -> list[str] | None:
    """Split text at commas, but never the items of a list; None if an item cannot be a word."""
    words: dict[str, None] = {}
    for item in items_of(value):
        text = "" if item is None else _text(item)
        if text is None:
            return None
        if text:
            words[text] = None
    return list(words) if len(words) <= MAX_ITEMS else None


def _date(value: object) -> str | None:
    moment = parse_instant(value)
    return None if moment is None else f"{moment.isoformat()[:19]}Z"


_TRUTHS: dict[object, bool] = {
    **dict.fromkeys(("true", "yes", "y", "1", 1), True),
    **dict.fromkeys(("false", "no", "n", "0", 0), False),
}


def _truth(value: object) -> bool | None:
    if isinstance(value, str):
        value = value.lower()
    return _TRUTHS.get(value) if isinstance(value, str | int | float) else None


# ---- numbers

_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,4})?", re.ASCII | re.IGNORECASE)
_COMMA_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?", re.ASCII)
_DECIMAL_COMMA = re.compile(
    r"[+-]?(?:\d+,\d{1,2}|0,\d+|[1-9]\d{0,2}(?:\.\d{3})+,\d{1,2})", re.ASCII
)


def _number(value: object) -> float | int | None:
    if isinstance(value, str):
        value = _number_in(value)
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if -_LARGEST <= value <= _LARGEST else None
    if not isinstance(value, float) or not math.isfinite(value):
        return None
    # What is whole is shown as such: 459, not 459.0.
    return int(value) if value.is_integer() and abs(value) < _WHOLE else value


def _number_in(text: str) -> float | int | None:
    """Read 39.95, 1,234.50 and 1.234,50; a lone comma is decimal unless three digits follow it.

    So 1,5 and 1,50 are one and a half, 1,500 is fifteen hundred, and 0,125 is an eighth.
    """
    if len(text) > 400:  # more digits than a number may have; int() would refuse, or take long
        return None
    if not _PLAIN.fullmatch(text):
        if _COMMA_GROUPS.fullmatch(text):
            text = text.replace(",", "")
        elif _DECIMAL_COMMA.fullmatch(text):
            text = text.replace(".", "").replace(",", ".")
        else:
            return None
    return int(text) if text.lstrip("+-").isdigit() else float(text)
