"""Asks the database what may take only so long."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

T = TypeVar("T")


def rows_in_time(query: str, params: Sequence[Any], ends: float) -> list[Any] | None:
    """Return what the query finds; None if it is not done at `ends`, by `time.monotonic`."""

    def ask() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(query, params)
            return list(cursor.fetchall())

    return in_time(ask, ends)


def in_time(ask: Callable[[], T], ends: float) -> T | None:
    """Return what `ask` does, of one query; None if that is not done at `ends`."""
    try:
        with _at_most(ends - time.monotonic()):
            return ask()
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            return None
        raise


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Give a statement so many seconds, and do not compile it: that takes longer than it may."""
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
