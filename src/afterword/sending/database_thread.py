"""A thread with a database connection of its own, for an event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import psycopg
from django.db import Error, InterfaceError, InternalError, OperationalError, connection

# Also what a server says that is being failed over, or has become a read-only one; from Django, and
# from psycopg where it is asked without Django.
DATABASE_AWAY = (
    OperationalError,
    InterfaceError,
    InternalError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.InternalError,
)
T = TypeVar("T")


class DatabaseThread:
    """Does one thing after the other."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def do(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, _guarded, work)

    def close(self) -> None:
        self._thread.submit(lambda: connection.close())  # noqa: PLW0108  (the thread's own)
        self._thread.shutdown()


def _guarded(work: Callable[[], T]) -> T:
    """A connection that failed is closed, so that the next work gets a new one."""
    try:
        return work()
    except Error:
        connection.close()
        raise
