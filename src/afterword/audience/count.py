"""How many customers an audience matches, and some of them: soon, if need be by estimate."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from math import sqrt
from typing import Any
from uuid import UUID

from django.db import connection

from afterword.audience.match import Audience
from afterword.audience.sql import asked_of_the_event, condition_of
from afterword.audience.sql_text import Sql, sql
from afterword.core.in_time import rows_in_time
from afterword.customers.models import Customer
from afterword.workspaces.models import Workspace

SECONDS = 0.25
SECONDS_OF_SAMPLE = 0.2
SAMPLED = 10_000  # customers that a sample looks at, of all workspaces
SHOWN = 5
FEW = 10  # matches in a sample say no more than what there is at most
_AHEAD = 3  # a search for all is so much faster, for each customer, than a sample: others help it


class Precision(Enum):
    EXACT = "exact"
    ABOUT = "about"
    FEWER = "fewer"  # than the number: a sample met next to none
    UNKNOWN = "unknown"  # not even a sample was soon enough, or only events can tell


@dataclass(frozen=True, slots=True)
class Count:
    number: int
    precision: Precision
    customers: Iterable[Customer] = ()  # some of them
    asked_of_the_event: Sequence[str] = ()  # the fields that forbid counting


def count(workspace: Workspace, audience: Audience, now: datetime) -> Count:
    """Count the workspace's customers that match, within some 300 ms.

    Those whose row was merged into another's are none. A sample says how long it would take to
    look at all of them; where that is too long, one in so many stands for the others.
    """
    if fields := asked_of_the_event(audience):
        return Count(0, Precision.UNKNOWN, asked_of_the_event=fields)
    return count_where(workspace, condition_of(audience, now))


def count_where(workspace: Workspace, condition: Sql) -> Count:
    """Count those for whom a condition on a row of customers is true, in the same time."""
    ends = time.monotonic() + SECONDS
    sample = _sample(workspace, condition)
    number, ids = _count_all(workspace, condition, sample, ends)
    told = (number, Precision.EXACT) if number is not None else sample.told
    return Count(*told, Customer.objects.filter(id__in=ids).order_by("-created_at"))


@dataclass(frozen=True, slots=True)
class _Sample:
    """What some pages of the table hold, always the same ones."""

    stands_for: float = 1.0  # customers, each of those in it
    share: float = 1.0  # that is the workspace's
    matched: int | None = None
    ids: list[UUID] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def told(self) -> tuple[int, Precision]:
        if self.matched is None:
            return 0, Precision.UNKNOWN
        if self.matched < FEW:
            most = self.matched + 3 * sqrt(self.matched) + 5  # with 99 %, by Poisson
            return _rounded(most * self.stands_for), Precision.FEWER
        return _rounded(self.matched * self.stands_for), Precision.ABOUT

    @property
    def seconds_for_all(self) -> float:
        return self.seconds * self.share * self.stands_for / _AHEAD


_FROM = "FROM customers_customer WHERE workspace_id = {} AND merged_into_id IS NULL AND {}"
_SAMPLE = """
    SELECT count(*), count(*) FILTER (WHERE is_theirs), count(*) FILTER (WHERE is_match),
        (array_agg(id) FILTER (WHERE is_match))[:{}]
    FROM (
        SELECT id, is_theirs, CASE WHEN is_theirs THEN {} END AS is_match
        FROM (
            SELECT *, workspace_id = {} AND merged_into_id IS NULL AS is_theirs
            FROM customers_customer TABLESAMPLE SYSTEM ({}) REPEATABLE (1)
        ) AS customers_customer
    ) AS sample
"""


def _sample(workspace: Workspace, condition: Sql) -> _Sample:
    """Look at a sample; at none where it would be no less than all."""
    rows = _rows_of_table()
    if rows <= SAMPLED:
        return _Sample()
    began = time.monotonic()
    query = sql(_SAMPLE, SHOWN, condition, workspace.id, 100 * SAMPLED / rows)
    met = _rows(query, began + SECONDS_OF_SAMPLE)
    took = time.monotonic() - began
    [(looked_at, theirs, matched, ids)] = met or [(0, 0, 0, [])]
    if not looked_at:
        return _Sample(rows / SAMPLED, seconds=took)
    return _Sample(rows / looked_at, theirs / looked_at, matched, ids or [], took)


def _rows_of_table() -> float:
    """Return about how many customers there are, in all workspaces."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'customers_customer'::regclass")
        [rows] = cursor.fetchone()
    return float(rows)


def _count_all(
    workspace: Workspace, condition: Sql, sample: _Sample, ends: float
) -> tuple[int | None, list[UUID]]:
    """Count by looking at all customers, and find some; no number where there is no time for it."""
    if time.monotonic() + sample.seconds_for_all > ends:
        return None, sample.ids
    where = sql(_FROM, workspace.id, condition)
    counted = _rows(sql("SELECT count(*) {}", where), ends)
    if counted is None:
        return None, sample.ids
    [(number,)] = counted
    if len(sample.ids) >= min(number, SHOWN):
        return number, sample.ids
    found = _rows(sql("SELECT id {} LIMIT {}", where, SHOWN), ends)
    return number, [id_ for (id_,) in found or []] or sample.ids


def _rounded(number: float) -> int:
    """Return it with two digits that count: more would promise too much."""
    return int(float(f"{number:.2g}"))


def _rows(query: Sql, ends: float) -> list[Any] | None:
    return rows_in_time(query.text, query.params, ends)
