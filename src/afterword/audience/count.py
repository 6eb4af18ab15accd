"""How many customers an audience matches, and some of them: soon, if need be by estimate."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from afterword.audience.match import Audience
from afterword.audience.sql import asked_of_the_event, condition_of
from afterword.audience.sql_text import Sql, sql
from afterword.customers.models import Customer
from afterword.workspaces.models import Workspace

SECONDS_TO_COUNT = 0.17
SECONDS_TO_ESTIMATE = 0.11
SAMPLED = 8_000  # customers that an estimate looks at, of all workspaces
SHOWN = 5
_SURE = 3  # with 95 %, there are fewer than three times as many as one would have stood for


class Precision(Enum):
    EXACT = "exact"
    ABOUT = "about"
    FEWER = "fewer"  # than the number: a sample met none
    UNKNOWN = "unknown"  # not even a sample was soon enough, or only events can tell


@dataclass(frozen=True, slots=True)
class Count:
    number: int
    precision: Precision
    customers: Sequence[Customer] = ()  # some of them
    asked_of_the_event: Sequence[str] = ()  # the fields that forbid counting


def count(workspace: Workspace, audience: Audience, now: datetime) -> Count:
    """Count the workspace's customers that match, within some 300 ms.

    Those whose row was merged into another's are none. Where there are too many to look at all of
    them, one in so many stands for the others.
    """
    if fields := asked_of_the_event(audience):
        return Count(0, Precision.UNKNOWN, asked_of_the_event=fields)
    condition = condition_of(audience, now)
    found, ids = _count_all(workspace, condition)
    if found is None:
        found, sampled = _estimate(workspace, condition)
        ids = ids or sampled
    return Count(
        *found, customers=list(Customer.objects.filter(id__in=ids).order_by("-created_at"))
    )


_Found = tuple[int, Precision]
_FROM = "FROM customers_customer"
_WHERE = "WHERE workspace_id = {} AND merged_into_id IS NULL"


def _count_all(workspace: Workspace, condition: Sql) -> tuple[_Found | None, list[UUID]]:
    """Look at all customers; return no number where that takes too long.

    Some are looked for first: fewer than that are all there are, and need no second look.
    """
    ends = time.monotonic() + SECONDS_TO_COUNT
    where = sql(f"{_FROM} {_WHERE} AND {{}}", workspace.id, condition)
    some = _rows(sql("SELECT id {} LIMIT {}", where, SHOWN), ends)
    if some is None:
        return None, []
    ids = [id_ for (id_,) in some]
    if len(ids) < SHOWN:
        return (len(ids), Precision.EXACT), ids
    counted = _rows(sql("SELECT count(*) {}", where), ends)
    return ((counted[0][0], Precision.EXACT) if counted else None), ids


def _estimate(workspace: Workspace, condition: Sql) -> tuple[_Found, list[UUID]]:
    """Look at some pages of the table, the same ones each time."""
    percent = _percent()
    where = sql(_WHERE, workspace.id)
    met = _rows(
        sql(
            "SELECT count(*), (array_agg(id))[:{}] FROM (SELECT customers_customer.* "
            "FROM customers_customer TABLESAMPLE SYSTEM ({}) REPEATABLE (1)) customers_customer "
            "{} AND {}",
            SHOWN,
            percent,
            where,
            condition,
        ),
        time.monotonic() + SECONDS_TO_ESTIMATE,
    )
    if met is None:
        return (0, Precision.UNKNOWN), []
    [(number, ids)] = met
    if number:
        return (_rounded(number * 100 / percent), Precision.ABOUT), ids
    return (_rounded(_SURE * 100 / percent), Precision.FEWER), []


def _percent() -> float:
    """Return how much of the table is enough of a sample."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'customers_customer'::regclass")
        [rows] = cursor.fetchone()
    return float(min(100.0, 100 * SAMPLED / max(rows, 1)))


def _rounded(number: float) -> int:
    """Return it with two digits that count: more would promise too much."""
    return int(float(f"{number:.2g}"))


def _rows(query: Sql, ends: float) -> list[Any] | None:
    """Return what the query finds; None if it is not done at `ends`, of `time.monotonic`."""
    try:
        with _at_most(ends - time.monotonic()), connection.cursor() as cursor:
            cursor.execute(query.text, query.params)
            return cursor.fetchall()
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            return None
        raise


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Give statements inside so many seconds, and compile none: that takes longer than they do."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout'), current_setting('jit')")
        before = cursor.fetchone()
        _set(cursor, f"{max(1, int(seconds * 1000))}ms", "off")
        yield
        _set(cursor, *before)


def _set(cursor: Any, timeout: str, jit: str) -> None:
    cursor.execute(
        "SELECT set_config('statement_timeout', %s, true), set_config('jit', %s, true)",
        [timeout, jit],
    )
