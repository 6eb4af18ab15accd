"""Many rows in one statement, for work that arrives in thousands."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from typing import Any, LiteralString

import msgspec
import psycopg
from django.db import connection, models
from django.db.backends.utils import CursorWrapper

AT_ONCE = 10_000  # rows deleted in one statement

_encode = msgspec.json.Encoder().encode


def insert(
    model: type[models.Model], rows: "Sequence[Mapping[str, object]]", conflict: str = ""
) -> list[tuple[object, ...]]:
    """Insert `rows` (column name to value; the same columns in each) with one query.

    The rows travel as one JSON parameter: values are what JSON, UUIDs and datetimes can say.
    `conflict` is the statement's end (`ON CONFLICT … RETURNING …`); returns what it returns.
    """
    if not rows:
        return []
    with _cursor() as cursor:
        cursor.execute(f"{_insert_sql(model, tuple(rows[0]))} {conflict}", [_encode(rows).decode()])
        return cursor.fetchall() if cursor.description else []


def delete(
    model: type[models.Model], keys: LiteralString, parameters: "Sequence[int | date | datetime]"
) -> None:
    """Delete the rows whose primary keys the query `keys` returns, so many in a statement that
    nobody has to wait for it: call it outside of transactions."""
    table, key = model._meta.db_table, model._meta.pk.column
    some = f'DELETE FROM "{table}" WHERE "{key}" IN ({keys} LIMIT {AT_ONCE})'  # noqa: S608
    with connection.cursor() as cursor:
        while True:
            cursor.execute(some, parameters)
            if cursor.rowcount < AT_ONCE:
                return


@cache
def _insert_sql(model: type[models.Model], columns: tuple[str, ...]) -> str:
    table = model._meta.db_table
    names = ", ".join(f'"{column}"' for column in columns)
    # Names of our own models and columns; values are the one parameter.
    rows = f'jsonb_populate_recordset(NULL::"{table}", %s::jsonb)'
    return f'INSERT INTO "{table}" ({names}) SELECT {names} FROM {rows}'  # noqa: S608


def update(
    model: type[models.Model],
    rows: "Sequence[Mapping[str, object]]",
    columns: tuple[str, ...],
) -> None:
    """Set `columns` of rows that exist, told by their `id`, with one query.

    Whoever may meet others at these rows has locked them before.
    """
    if rows:
        with _cursor() as cursor:
            cursor.execute(_update_sql(model, columns), [_encode(rows).decode()])


@cache
def _update_sql(model: type[models.Model], columns: tuple[str, ...]) -> str:
    table = model._meta.db_table
    values = ", ".join(f'"{column}" = given."{column}"' for column in columns)
    # Names of our own models and columns; values are the one parameter.
    rows = f'jsonb_populate_recordset(NULL::"{table}", %s::jsonb) AS given'
    return f'UPDATE "{table}" AS kept SET {values} FROM {rows} WHERE kept.id = given.id'  # noqa: S608


@contextmanager
def _cursor() -> Iterator[CursorWrapper]:
    """Send the parameter beside the statement: Django's own way writes its megabytes into it,
    where they are quoted here and unquoted there, which is a tenth of such an insert."""
    connection.ensure_connection()
    raw: Any = psycopg.Cursor(connection.connection)
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with wrap(raw) as cursor:
        yield cursor
