"""Some of many rows, drawn evenly: they stand for all where looking at all takes too long."""

from collections.abc import Mapping, Sequence
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
PAGES = (1_000, 5_000)
_TOO_FEW = 1_500
# A page holds rows of one moment. From many pages some rows of each, by a hash of their keys.
_DRAW = """
    SELECT id, count(*) OVER () FROM {} TABLESAMPLE SYSTEM ({}) REPEATABLE (1)
    WHERE {} ORDER BY uuid_hash(id), id LIMIT {}
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
    [(there_are,)] = _rows(
        sql("SELECT pg_relation_size({}) / current_setting('block_size')::int", table.text)
    )
    share, met = 1.0, []
    for pages in PAGES:
        share = min(1.0, pages / there_are)
        met = _rows(sql(_DRAW, table, 100 * share, scope, AT_ONCE))
        if met and met[0][1] >= _TOO_FEW:
            break
    if not met:
        return Some(rows.none(), drawn=0)
    ids = [id_ for id_, _ in met]
    return Some(these(rows, ids), met[0][1] / len(ids) / share, len(ids))


def these(rows: WorkspaceRows[Row], ids: Sequence[UUID]) -> WorkspaceRows[Row]:
    """Keep those with these keys: looked up one by one, however the rows are joined to others."""
    table = rows.model._meta.db_table
    return rows.filter(RawSQL(f"{table}.id = ANY(%s::uuid[])", [list(ids)], BooleanField()))  # noqa: S611  (our own words)


def _rows(query: Sql) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query.text, list[Any](query.params))
        return list(cursor.fetchall())
