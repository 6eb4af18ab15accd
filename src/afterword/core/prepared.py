"""Statements that are said again and again: planned once for a connection, not each time.

Django fills in parameters before it sends a statement, so that the server sees a new one each time;
where planning takes longer than doing, that is most of the cost.
"""

from collections.abc import Sequence
from typing import Any, LiteralString, cast

import psycopg
from django.db import connection


def execute(statement: LiteralString, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
    """Execute a statement of our own on this thread's connection; return its rows."""
    connection.ensure_connection()
    plain = cast("psycopg.Connection[tuple[Any, ...]]", connection.connection)
    with connection.wrap_database_errors, psycopg.Cursor(plain) as cursor:
        cursor.execute(statement, parameters, prepare=True)
        return cursor.fetchall() if cursor.description else []
