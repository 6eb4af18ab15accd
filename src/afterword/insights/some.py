"""Some of many rows, drawn evenly: they stand for all where looking at all takes too long."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Model
from django.db.models.expressions import RawSQL

from afterword.audience.sql_text import Sql, sql
from afterword.workspaces.models import WorkspaceRows

Row = TypeVar("Row", bound=Model)

AT_ONCE = 5_000  # rows: up to so many all are looked at, and of more so many
# Pages of the table that are read for them; more where the first ones have next to none.
PAGES = (600, 4_000)
_TOO_FEW = 1_500
# A page holds rows of one moment. From many pages some rows of each, by a hash of their keys.
# The keys stay one text, for they only go back to the database.
_DRAW = """
    SELECT coalesce(max(there_are), 0), count(*), coalesce(array_agg(id), ARRAY[]::uuid[])::text
    FROM (
        SELECT id, count(*) OVER () AS there_are FROM {} TABLESAMPLE SYSTEM ({}) REPEATABLE (1)
        WHERE {} ORDER BY uuid_hash(id), id LIMIT {}
    ) AS drawn
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
    [(pages_of_table,)] = _rows(
        sql("SELECT pg_relation_size({}) / current_setting('block_size')::int", table.text)
    )
    for pages in PAGES:
        share = min(1.0, pages / pages_of_table)
        [(met, drawn, keys)] = _rows(sql(_DRAW, table, 100 * share, scope, AT_ONCE))
        if met >= _TOO_FEW:
            break
    return Some(these(rows, keys), met / max(drawn, 1) / share, drawn)


def these(rows: WorkspaceRows[Row], keys: str) -> WorkspaceRows[Row]:
    """Keep those with these keys: looked up one by one, however the rows are joined to others.

    The keys are an array as PostgreSQL writes it.
    """
    table = rows.model._meta.db_table
    return rows.filter(RawSQL(f"{table}.id = ANY(%s::uuid[])", [keys], BooleanField()))  # noqa: S611  (our own words)


def array_of(keys: Iterable[UUID]) -> str:
    return f"{{{','.join(map(str, keys))}}}"


def _rows(query: Sql) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query.text, list[Any](query.params))
        return list(cursor.fetchall())
