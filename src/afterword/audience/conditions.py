"""Compares what is known of a customer with what a filter wants. Pure."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, cast

from afterword.audience.fold import fold
from afterword.audience.operators import Operator, Takes
from afterword.core.instants import parse_instant
from afterword.customers.values import PropertyType, convert

Wanted = str | float | int | list[str] | list[float] | None  # a filter's value as it is stored
Condition = Callable[[object, datetime], bool]  # of the value seen and the time

_Test = Callable[[Any, Any, datetime], bool]  # the value read, the value wanted, the time

# A negative operator is its positive, denied: so it also holds where nothing is known.
DENIALS = {
    "is not": "is",
    "does not contain": "contains",
    "does not exist": "exists",
    "does not include": "includes",
    "is empty": "is not empty",
    "is not true": "is true",
    "is not false": "is false",
}

# From here on floats are whole. They count as they are written, and as a database reads them.
_WHOLE = 2**53

_TESTS: Mapping[PropertyType, Mapping[str, _Test]] = {
    PropertyType.TEXT: {
        "is": lambda text, wanted, _: text == wanted,
        "contains": lambda text, wanted, _: wanted in text,
        "starts with": lambda text, wanted, _: text.startswith(wanted),
        "ends with": lambda text, wanted, _: text.endswith(wanted),
    },
    PropertyType.NUMBER: {
        "is": lambda number, wanted, _: number == wanted,
        "greater than": lambda number, wanted, _: number > wanted,
        "at least": lambda number, wanted, _: number >= wanted,
        "less than": lambda number, wanted, _: number < wanted,
        "at most": lambda number, wanted, _: number <= wanted,
        "between": lambda number, wanted, _: wanted[0] <= number <= wanted[1],
    },
    PropertyType.DATE: {
        "before": lambda moment, wanted, _: moment < wanted,
        "after": lambda moment, wanted, _: _is_after(moment, wanted),
        "on": lambda moment, wanted, _: moment.date() == wanted.date(),
        "more than days ago": lambda moment, days, now: moment < now - days,
        "less than days ago": lambda moment, days, now: now - days < moment <= now,
        "exactly days ago": lambda moment, days, now: _day(now) - moment.date() == days,
    },
    PropertyType.COLLECTION: {
        "includes": lambda words, wanted, _: words >= wanted,
        "includes any": lambda words, wanted, _: not words.isdisjoint(wanted),
        "includes all": lambda words, wanted, _: words >= wanted,
    },
    PropertyType.BOOLEAN: {
        "is true": lambda truth, *_: truth,
        "is false": lambda truth, *_: not truth,
    },
}


def condition(kind: PropertyType, operator: Operator, wanted: Wanted) -> Condition:
    """Return the test of a seen value that `operator` with the value `wanted` stands for."""
    positive = DENIALS.get(operator.word, operator.word)
    denied = positive != operator.word
    test = _TESTS[kind].get(positive, _is_known)
    prepared = prepare(kind, operator.takes, wanted)
    read = _READERS[kind]

    def holds(seen: object, now: datetime) -> bool:
        value = read(seen)
        return (value is not None and test(value, prepared, now)) is not denied

    return holds


def _is_after(moment: datetime, wanted: datetime) -> bool:
    """After a day means once that day is over; a wanted midnight is a day."""
    if wanted.time() == time.min:
        return moment.date() > wanted.date()
    return moment > wanted


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()


def _is_known(_value: object, _wanted: object, _now: datetime) -> bool:
    return True


def prepare(kind: PropertyType, takes: Takes, wanted: Wanted) -> Any:
    """Return a filter's value as the tests want it: folded, a timedelta, a datetime in UTC, …"""
    if takes == "days":
        return timedelta(days=cast(int, wanted))
    if takes == "pair":
        return [_read_number(end) for end in cast(list[float], wanted)]
    if takes == "text" and kind is PropertyType.COLLECTION:
        wanted = [cast(str, wanted)]  # one word, though there may be a comma in it
    return _READERS[kind](wanted)


def _read_text(value: object) -> str | None:
    text = value if isinstance(value, str) else convert(value, PropertyType.TEXT)
    return fold(text) or None if isinstance(text, str) else None


def _read_number(value: object) -> float | int | None:
    number = convert(value, PropertyType.NUMBER)
    if isinstance(number, float) and abs(number) >= _WHOLE:
        return int(Decimal(repr(number)))
    return number if isinstance(number, int | float) else None


def _read_words(value: object) -> frozenset[str] | None:
    words = convert(value, PropertyType.COLLECTION)
    return frozenset(map(fold, words)) if isinstance(words, list) else None


def _read_truth(value: object) -> bool | None:
    truth = convert(value, PropertyType.BOOLEAN)
    return truth if isinstance(truth, bool) else None


_READERS: Mapping[PropertyType, Callable[[object], object]] = {
    PropertyType.TEXT: _read_text,
    PropertyType.NUMBER: _read_number,
    PropertyType.DATE: parse_instant,
    PropertyType.COLLECTION: _read_words,
    PropertyType.BOOLEAN: _read_truth,
}
