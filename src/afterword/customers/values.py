"""Turns what an event or a file says into typed, storable values of customers. Pure."""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from types import MappingProxyType

MAX_TEXT = 10_000  # characters
MAX_ITEMS = 1_000
MAX_LINE = 200  # characters of a customer's own field, or of a tag
_LARGEST = 10**308  # beyond it a float is infinite, and so would be what a JSON reader sees
_SHOWN = 80


class PropertyType(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    COLLECTION = "collection"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a value does not fit its type; the message is safe to show."""

    message: str


Value = str | float | int | list[str]

_EXPECTED = {
    PropertyType.TEXT: f"a text of at most {MAX_TEXT:,} characters",
    PropertyType.NUMBER: "a number such as 39.95",
    PropertyType.DATE: "a date such as 11/23/2026 (month first) or 2026-11-23T09:30:00Z",
    PropertyType.COLLECTION: f"a list of at most {MAX_ITEMS:,} words, or words between commas",
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
    else:
        converted = _collection(value)
        if converted == []:
            return None
    if converted is None:
        return Problem(f"Expected {_EXPECTED[kind]}; got {describe(value)}.")
    return converted


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
    text = _one_line(str(value)[: _SHOWN + 1])
    quote = '"' if isinstance(value, str) else ""
    return quote + (text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…") + quote


def read_tags(value: object) -> list[str]:
    """Return the tags in a list, or in text between commas; what cannot be a tag is left out."""
    items: Iterable[object] = value if isinstance(value, list) else _split(value)
    lines = (_line(text) for item in items if (text := _text(item)))
    return list(dict.fromkeys(filter(None, lines)))[:MAX_ITEMS]


def _split(value: object) -> list[object]:
    return [*value.split(",")] if isinstance(value, str) else [value]


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
    for item in value if isinstance(value, list) else _split(value):
        text = "" if item is None else _text(item)
        if text is None:
            return None
        if text:
            words[text] = None
    return list(words) if len(words) <= MAX_ITEMS else None


def _date(value: object) -> str | None:
    moment = parse_instant(value)
    return None if moment is None else f"{moment.isoformat()[:19]}Z"


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
    return value if isinstance(value, float) and math.isfinite(value) else None


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


# ---- instants

_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
_ZONE = (
    r"(?:\s*(?:(?:gmt|utc)?(?P<sign>[+-])(?P<offset>\d{4})|(?P<zone>gmt|utc?|z|[ecmp][sd]t)))?"
    r"(?:\s*\([^()]*\))?"
)
_MONTH_NAMES = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_MONTH = rf"(?P<month>{_MONTH_NAMES})[a-z]*"
_FORMS = tuple(
    re.compile(pattern, re.ASCII | re.IGNORECASE)
    for pattern in (
        rf"(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})/(?P<year>\d{{4}})(?:,?\s+{_TIME}{_ZONE})?",
        # RFC 2822: Thu, 24 Mar 2016 17:46:45 +0000
        rf"(?:[a-z]{{3,9}},?\s+)?(?P<day>\d{{1,2}})[\s-]{_MONTH}[\s-](?P<year>\d{{4}})"
        rf"(?:\s+{_TIME}{_ZONE})?",
        # JavaScript's Date: Thu Mar 24 2016 17:46:45 GMT+0000 (UTC)
        rf"(?:[a-z]{{3,9}},?\s+)?{_MONTH}\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}})"
        rf"(?:,?\s+{_TIME}{_ZONE})?",
    )
)
_LOOSE_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:t|\s+)(\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)\s*(z|[+-]\d\d:?\d\d)?\s*(?:utc|gmt)?",
    re.ASCII | re.IGNORECASE,
)
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES.split("|"), 1)}
_AMERICAN_HOURS = {"e": -5, "c": -6, "m": -7, "p": -8}  # EST to PST, RFC 2822 4.3
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_instant(value: object) -> datetime | None:
    """Return the instant that `value` names, in UTC; None if it names none. Never raises.

    Text: MM/DD/YYYY, ISO 8601 (digits after the microseconds are dropped), RFC 2822, and
    JavaScript's Date. No zone means UTC, no time means midnight. Numbers, and text of nine or
    more digits, count seconds since 1970; from 1e11 on (the year 5138) milliseconds, and so on
    down to nanoseconds.
    """
    if isinstance(value, str):
        moment = _instant_in(value.strip())
    elif isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day, tzinfo=UTC)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        moment = _since_epoch(value)
    else:
        return None
    return moment and _in_utc(moment)


def _in_utc(moment: datetime) -> datetime | None:
    if moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # the offset leads out of the years 1 to 9999
        return None


def _since_epoch(number: float) -> datetime | None:
    if not abs(number) < 1e20:  # also NaN
        return None
    unit = 1
    while abs(number) >= 1e11 * unit:
        unit *= 1000
    try:
        return _EPOCH + timedelta(seconds=number / unit)
    except OverflowError:
        return None


def _instant_in(text: str) -> datetime | None:
    if len(text) > 100:
        return None
    if text[4:5] == "-" or (len(text) == 8 and text.isdigit()):
        return _iso_8601(text)
    if len(text) >= 9 and text.isascii() and text.lstrip("-").isdigit():
        return _since_epoch(int(text))
    for form in _FORMS:
        if match := form.fullmatch(text):
            return _from_parts(match.groupdict())
    return None


def _iso_8601(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        loose = _LOOSE_ISO.fullmatch(text)  # as Ruby, Go and PHP print: 2026-11-23 09:30:00 +0000
    try:
        return loose and datetime.fromisoformat(f"{loose[1]}T{loose[2]}{(loose[3] or 'Z').upper()}")
    except ValueError:
        return None


def _from_parts(part: Mapping[str, str | None]) -> datetime | None:
    month, offset = part["month"] or "", part["offset"] or "0000"
    minutes = int(offset[:2]) * 60 + int(offset[2:])
    zone = (part["zone"] or "").lower()
    if zone[:1] in _AMERICAN_HOURS:
        minutes = 60 * (_AMERICAN_HOURS[zone[0]] + (zone[1] == "d"))
    try:
        return datetime(
            int(part["year"] or 0),
            _MONTHS.get(month.lower()) or int(month),
            int(part["day"] or 0),
            int(part["hour"] or 0),
            int(part["minute"] or 0),
            int(part["second"] or 0),
            tzinfo=timezone(timedelta(minutes=-minutes if part["sign"] == "-" else minutes)),
        )
    except ValueError:  # no such day, hour or offset
        return None


# ---- text that PostgreSQL takes

_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def clean_text(value: str) -> str:
    """Return `value` in NFC, with U+FFFD for what PostgreSQL refuses: NULs and lone surrogates."""
    if value.isascii() and "\x00" not in value:
        return value
    value = value.replace("\x00", "\ufffd")
    if _SURROGATE.search(value):  # this also joins the two halves of a split character
        value = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return unicodedata.normalize("NFC", value)


def clean_json(value: object) -> object:
    """Return a JSON value with its texts and keys clean; its depth is the caller's to limit."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(key): clean_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clean_json(item) for item in value]
    return value


def _one_line(text: str) -> str:
    return clean_text(text if text.isprintable() else _CONTROLS.sub(" ", text).strip())


def _line(text: str) -> str:
    return _one_line(text)[:MAX_LINE].rstrip()


# ---- the customer's own fields

OWN_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "firstName": "first_name",
        "first_name": "first_name",
        "lastName": "last_name",
        "last_name": "last_name",
        "companyName": "company_name",
        "company_name": "company_name",
        "company": "company_name",  # Segment also sends an object here, which is left alone
        "jobTitle": "job_title",
        "job_title": "job_title",
        "phone": "phone",
        "city": "city",
        "state": "state",
        "country": "country",
    }
)


def read_own_fields(properties: Mapping[str, object]) -> dict[str, str]:
    """Return column and text of the customer's own fields that were sent and are not empty.

    Of two spellings of one field, the first in OWN_FIELDS that says something counts.
    """
    fields: dict[str, str] = {}
    for spelling, column in OWN_FIELDS.items():
        value = properties.get(spelling)
        if value is None or column in fields:
            continue
        if isinstance(value, str):
            line = _line(value.strip())
        elif isinstance(value, int | float) and not isinstance(value, bool):
            line = _line(_text(value) or "")
        else:
            continue
        if line:
            fields[column] = line
    return fields
