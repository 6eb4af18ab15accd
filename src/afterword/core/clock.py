"""The database's time: what workers on several machines agree on, whatever their own clocks say."""

import time
from datetime import datetime, timedelta

from django.db import connection

LOOK_EVERY = 5.0  # seconds


def database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        [now] = cursor.fetchone()
        return now  # type: ignore[no-any-return]  # PostgreSQL says what it is


class Clock:
    """The same without asking each time: what passes is counted by a clock that nobody sets."""

    def __init__(self) -> None:
        self._found: datetime | None = None
        self._found_at = 0.0

    def look(self) -> None:
        """Ask the database, unless that was done a moment ago; raises what the database does."""
        if self._found is None or time.monotonic() - self._found_at > LOOK_EVERY:
            now, at = database_now(), time.monotonic()
            self._found, self._found_at = now, at

    def now(self) -> datetime:
        """Return the time by the last look, of which there must have been one."""
        assert self._found is not None
        return self._found + timedelta(seconds=time.monotonic() - self._found_at)
