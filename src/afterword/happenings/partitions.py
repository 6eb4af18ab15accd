"""A partition of the happenings for each month: made ahead, and dropped whole when it is old."""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable
from psycopg.sql import SQL, Identifier, Literal

KEPT = 3  # months, beside the current one
AHEAD = 2
PREFIX = "happenings_of_"
# Who writes happenings waits for us while we wait for somebody else: so not for long.
PATIENCE = "1s"

log = logging.getLogger(__name__)


def keep(now: datetime) -> None:
    """Make the partitions of this month and the next ones, and drop those that are too old.

    What cannot be locked at once is left to the next time: until then happenings of a month
    without a partition are in the default one, and old ones stay.
    """
    this = now.astimezone(UTC).date().replace(day=1)
    oldest, last = months_after(this, -KEPT), months_after(this, AHEAD)
    there = set(_there())
    for month in _months(this, last):
        if month not in there:
            _try(_make, month)
    for month in sorted(there):
        if month < oldest:
            _try(_drop, month)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM happenings_default WHERE at < %s", [_begin(oldest)])


def months_after(month: date, count: int) -> date:
    """Return the first day of the month `count` months after `month`, or before it."""
    years, of_year = divmod(month.month - 1 + count, 12)
    return date(month.year + years, of_year + 1, 1)


def _months(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first = months_after(first, 1)


def _begin(month: date) -> datetime:
    return datetime(month.year, month.month, 1, tzinfo=UTC)


def _there() -> list[date]:
    with connection.cursor() as cursor:
        cursor.execute(_PARTITIONS, [PREFIX])
        names = [name.removeprefix(PREFIX).split("_") for (name,) in cursor]
    return [date(int(year), int(month), 1) for year, month in names]


_PARTITIONS = """
    SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'happenings_happening'::regclass AND starts_with(relname, %s)
"""


def _try(change: Callable[[date], None], month: date) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
            # Two that keep them at a time would both make the same.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('happenings', 0))")
            change(month)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        log.info("happenings of %s are in use: their partition waits for the next time", month)


def _make(month: date) -> None:
    """Attach a table of its own, which holds up nobody; CREATE TABLE … PARTITION OF would."""
    names = {
        "partition": _name(month),
        "begins": Literal(_begin(month)),
        "ends": Literal(_begin(months_after(month, 1))),
    }
    with connection.cursor() as cursor:
        if month not in _there():
            cursor.execute(SQL(_MAKE).format(**names).as_string(cursor.connection))


# What came while there was no partition moves into it.
_MAKE = """
    CREATE TABLE {partition} (LIKE happenings_happening INCLUDING DEFAULTS);
    LOCK TABLE happenings_default;
    WITH moved AS (
        DELETE FROM happenings_default WHERE at >= {begins} AND at < {ends} RETURNING *
    )
    INSERT INTO {partition} SELECT * FROM moved;
    ALTER TABLE happenings_happening
        ATTACH PARTITION {partition} FOR VALUES FROM ({begins}) TO ({ends});
"""


def _drop(month: date) -> None:
    with connection.cursor() as cursor:
        statement = SQL("DROP TABLE IF EXISTS {}").format(_name(month))
        cursor.execute(statement.as_string(cursor.connection))


def _name(month: date) -> Identifier:
    return Identifier(f"{PREFIX}{month:%Y_%m}")
