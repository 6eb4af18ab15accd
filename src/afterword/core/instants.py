"""Reads an instant in any of the forms that programs and people write."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone

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
