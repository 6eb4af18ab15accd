"""Two at once: something in a connection of its own, until it waits for a lock held here."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def beside() -> Iterator[Callable[[Callable[[], Any]], Future[Any]]]:
    """Give what starts something in a connection of its own; end once that has ended.

    The transaction that it waits for belongs inside, or both wait for ever.
    """

    def alone(do: Callable[[], Any]) -> Any:
        try:
            return do()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as worker:
        yield lambda do: worker.submit(alone, do)


def waits_for_us(other: Future[Any]) -> bool:
    """Whether it comes to a lock that this transaction holds, before it ends."""
    while not other.done():
        with connection.cursor() as cursor:
            cursor.execute(_IS_ONE_WAITING)
            if cursor.fetchone()[0]:
                return True
        wait([other], timeout=0.01)
    return False


_IS_ONE_WAITING = """
    SELECT EXISTS (
        SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))
    )
"""
