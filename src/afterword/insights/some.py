"""Some of many rows, drawn evenly: they stand for all where looking at all takes too long."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model

from afterword.audience.sql_text import Sql, sql
from afterword.core.by_keys import by_keys
from afterword.workspaces.models import WorkspaceRows

Row = TypeVar("Row", bound=Model)

AT_ONCE = 5_000  # rows: up to so many all are looked at, and of more so many
# Pages of the table that are read for them; more where the first ones have next to none.
PAGES = (600, 2_500)
_TOO_FEW = 1_000
# A page holds rows of one moment. From many pages some rows of each, by a hash of their keys.
# The keys stay one text, for they only go back to the database.
_DRAW = """
    WITH read AS MATERIALIZED (
        SELECT id, ({}) IS TRUE AS is_theirs FROM {} TABLESAMPLE SYSTEM ({}) REPEATABLE (1)
    ), drawn AS (
        SELECT id FROM read WHERE is_theirs ORDER BY uuid_hash(id), id LIMIT {}
    )
    SELECT count(*), count(*) FILTER (WHERE is_theirs), (SELECT count(*) FROM drawn),
        (SELECT coalesce(array_agg(id), ARRAY[]::uuid[])::text FROM drawn)
    FROM read
"""
# How many pages a table has, and how many rows: of an unknown number, none.
_SIZE = """
    SELECT pages, greatest(reltuples, 0) * pages / greatest(relpages, 1)
    FROM pg_class, LATERAL (
        SELECT pg_relation_size(oid) / current_setting('block_size')::int AS pages
    ) AS size WHERE oid = {}::regclass
"""


@dataclass(frozen=True, slots=True)
class Some(Generic[Row]):
    rows: WorkspaceRows[Row]
    times: float = 1.0  # how many each of them stands for
    drawn: int | None = None  # how many they are; None where they are all that there are

    @property
    def is_all(self) -> bool:
        return self.drawn is None

    @property
    def total(self) -> float:
        """About how many they stand for."""
        return (self.drawn or 0) * self.times

    def scaled(self, counts: Mapping[int, int]) -> dict[int, int]:
        return {value: round(count * self.times) for value, count in counts.items()}


def some_of(rows: WorkspaceRows[Row], scope: Sql) -> Some[Row]:
    """Return the rows, or some where they are many.

    `scope` is a condition on a row of their table that is true for all of them. The same rows are
    drawn each time, as long as the table stays as it is.
    """
    table = Sql(rows.model._meta.db_table)
    if not _rows(sql("SELECT FROM {} WHERE {} OFFSET {} LIMIT 1", table, scope, AT_ONCE)):
        return Some(rows)
    [(pages_of_table, rows_of_table)] = _rows(sql(_SIZE, table.text))
    for pages in PAGES:
        share = min(1.0, pages / pages_of_table)
        query = sql(_DRAW, scope, table, 100 * share, AT_ONCE)
        [(read, theirs, drawn, keys)] = _rows(query)
        if theirs >= _TOO_FEW or share == 1:
            break
    else:
        # A small part of a large table, perhaps all on a few pages: quicker read than drawn.
        return Some(rows)
    # Of the pages a few more or less are read than asked for.
    times = (rows_of_table / max(read, 1) if share < 1 else 1.0) or 1 / share
    return Some(by_keys(rows, keys), theirs / max(drawn, 1) * times, drawn)


def _rows(query: Sql) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query.text, list[Any](query.params))
        return list(cursor.fetchall())
