"""The test of a filter in SQL, for each type of field: what `conditions` does in Python. Pure.

A test is true, or not true: null where nothing is known. None raises, whatever is stored. The value
of a collection is a source of its words, as FROM takes it.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from afterword.audience.fold import folding_to
from afterword.audience.sql_text import Sql, sql
from afterword.customers.values import PropertyType

Test = Callable[[Sql, Any, datetime], Sql]  # the value, what is wanted of it, the time

_DAY = timedelta(days=1)


def _folded(value: Sql, wanted: Collection[str]) -> Sql:
    """Fold a text as far as comparing it with these folded ones needs."""
    text = value
    if any("s" in each for each in wanted):
        text = sql("replace(replace({}, 'ẞ', 'ss'), 'ß', 'ss')", text)
    text = sql("translate({}, {}, {})", text, *folding_to(wanted))
    plain = sql('lower({} COLLATE "C")', value)
    # Most texts are ASCII, and then this is several times as fast.
    template = "(CASE WHEN octet_length({}) = char_length({}) THEN {} ELSE {} END)"
    return sql(template, value, value, plain, text)


def _text(template: str) -> Test:
    return lambda value, wanted, _: sql(template, _folded(value, [wanted]), wanted)


def _ends_with(value: Sql, wanted: Any, _now: datetime) -> Sql:
    return sql("right({}, {}) = {}", _folded(value, [wanted]), len(wanted), wanted)


def _number(template: str) -> Test:
    """Numbers go as they are written: a float parameter would be taken for a rounded one."""

    def test(value: Sql, wanted: Any, _now: datetime) -> Sql:
        numbers = wanted if isinstance(wanted, list) else [wanted]
        return sql(template, value, *(sql("{}::numeric", repr(each)) for each in numbers))

    return test


def _includes_any(value: Sql, wanted: Any, _now: datetime) -> Sql:
    words = sorted(wanted)
    word = _folded(Sql("word"), words)
    return sql("EXISTS (SELECT FROM {} word WHERE {} = ANY({}))", value, word, words)


def _includes_all(value: Sql, wanted: Any, _now: datetime) -> Sql:
    words = sorted(wanted)
    word = _folded(Sql("word"), words)
    template = "(SELECT array_agg({}) FROM {} word) @> {}::text[]"
    return sql(template, word, value, words)


def _ago(template: str) -> Test:
    return lambda value, days, now: sql(template, value, now - days)


def _less_than_ago(value: Sql, days: Any, now: datetime) -> Sql:
    return sql("({} > {} AND {} <= {})", value, now - days, value, now)


def _from_day(value: Sql, day: datetime) -> Sql:
    return sql("{} >= {}::timestamptz + interval '24 hours'", value, day)


def _after(value: Sql, wanted: Any, _now: datetime) -> Sql:
    is_day = wanted.time() == time.min
    return _from_day(value, wanted) if is_day else sql("{} > {}", value, wanted)


def _on(value: Sql, wanted: Any, _now: datetime) -> Sql:
    day = datetime.combine(wanted.date(), time.min, UTC)
    return sql("({} >= {} AND NOT {})", value, day, _from_day(value, day))


def _exactly_ago(value: Sql, days: Any, now: datetime) -> Sql:
    return _on(value, now.astimezone(UTC) - days, now)


# Properties of type date are texts such as 2026-11-23T09:30:00Z, which compare as they stand.


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(UTC).isoformat()[:19]}Z"


def _before_written(value: Sql, moment: Any, _now: datetime) -> Sql:
    """What is stored has whole seconds, so it is before a part of one until that second is over."""
    return sql("{} <= {}" if moment.microsecond else "{} < {}", value, _written(moment))


def _after_written(value: Sql, wanted: Any, _now: datetime) -> Sql:
    if wanted.time() == time.min:
        return sql("left({}, 10) > {}", value, _written(wanted)[:10])
    return sql("{} > {}", value, _written(wanted))


def _on_written(value: Sql, wanted: Any, _now: datetime) -> Sql:
    return sql("left({}, 10) = {}", value, _written(wanted)[:10])


def _less_than_ago_written(value: Sql, days: Any, now: datetime) -> Sql:
    return sql("({} > {} AND {} <= {})", value, _written(now - days), value, _written(now))


TESTS: Mapping[PropertyType, Mapping[str, Test]] = {
    PropertyType.TEXT: {
        "is": _text("{} = {}"),
        "contains": _text("strpos({}, {}) > 0"),
        "starts with": _text("starts_with({}, {})"),
        "ends with": _ends_with,
        "exists": lambda value, *_: sql("{} <> ''", value),
    },
    PropertyType.NUMBER: {
        "is": _number("{} = {}"),
        "greater than": _number("{} > {}"),
        "at least": _number("{} >= {}"),
        "less than": _number("{} < {}"),
        "at most": _number("{} <= {}"),
        "between": _number("{} BETWEEN {} AND {}"),
        "exists": lambda value, *_: sql("{} IS NOT NULL", value),
    },
    PropertyType.DATE: {
        "before": lambda value, wanted, _: sql("{} < {}", value, wanted),
        "after": _after,
        "on": _on,
        "more than days ago": _ago("{} < {}"),
        "less than days ago": _less_than_ago,
        "exactly days ago": _exactly_ago,
        "exists": lambda value, *_: sql("{} IS NOT NULL", value),
    },
    PropertyType.COLLECTION: {
        "includes": _includes_any,
        "includes any": _includes_any,
        "includes all": _includes_all,
        "is not empty": lambda value, *_: sql("EXISTS (SELECT FROM {} word)", value),
    },
    PropertyType.BOOLEAN: {
        "is true": lambda value, *_: value,
        "is false": lambda value, *_: sql("NOT {}", value),
        "exists": lambda value, *_: sql("{} IS NOT NULL", value),
    },
}
WRITTEN_DATE_TESTS: Mapping[str, Test] = {
    "before": _before_written,
    "after": _after_written,
    "on": _on_written,
    "more than days ago": lambda value, days, now: _before_written(value, now - days, now),
    "less than days ago": _less_than_ago_written,
    "exactly days ago": lambda value, days, now: _on_written(value, now - days, now),
    "exists": lambda value, *_: sql("{} IS NOT NULL", value),
}
