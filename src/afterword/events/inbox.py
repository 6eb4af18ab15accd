"""Puts accepted calls into the database: all that wait in one COPY, one commit, then their 200s."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import LiteralString
from uuid import UUID

import psycopg

from afterword.core.line import PATIENCE_SECONDS, Connection, Line, connect, reason
from afterword.events.copying import copy_rows

logger = logging.getLogger(__name__)

MAX_WAITING = 50_000  # rows in memory
MAX_WAITING_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 1_000_000  # rows in the table
_MEASURE_SECONDS = 1.0
# One wake-up serves all rows committed before it runs, so more of them gain nothing.
_WAKE_SECONDS = 0.05
_BACKOFF_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)

# The ids of waiting rows lie close together; only where they do not is counting worth its time.
_MEASURE: LiteralString = """
    SELECT CASE
        WHEN max(id) - min(id) < %s THEN 0
        ELSE (SELECT count(*) FROM (SELECT 1 FROM events_inboxitem LIMIT %s) AS waiting)
    END FROM events_inboxitem
"""


class Away(Exception):
    """The database cannot be reached, or too much waits for it: nothing was stored."""


class Full(Exception):
    """So many rows wait for the workers that no more should join them."""


class _Group:
    """Rows that go into one COPY, and the requests that wait for it."""

    __slots__ = ("rows", "size", "waiting", "workspaces")

    def __init__(self) -> None:
        self.rows: list[bytes] = []
        self.size = 0
        self.waiting: list[asyncio.Future[None]] = []
        self.workspaces: set[UUID] = set()

    def settle(self, error: Exception | None = None) -> None:
        for future in self.waiting:
            if not future.done():
                if error is None:
                    future.set_result(None)
                else:
                    future.set_exception(error)


Wake = Callable[[set[UUID]], Awaitable[None]]


class Inbox:
    """Takes rows from requests. `wake` is told whose rows were committed; it may raise
    psycopg.Error and is then tried again."""

    def __init__(self, conninfo: str, line: Line, wake: Wake) -> None:
        self._conninfo = conninfo
        self._line = line
        self._wake = wake
        # Known to be away: until the first connection is there or refused, requests wait for it.
        self._is_away = False
        self._is_full = False
        self._next = _Group()
        self._something = asyncio.Event()
        self._committed: set[UUID] = set()
        self._commit_made = asyncio.Event()
        self._is_committing = False

    def add(self, workspace_id: UUID, rows: list[bytes]) -> "asyncio.Future[None]":
        """Return what to await until the rows are committed; it raises Away.

        Raises Away or Full at once where waiting is pointless.
        """
        if self._is_full:
            raise Full
        group = self._next
        size = group.size + sum(map(len, rows))
        too_many = len(group.rows) + len(rows) > MAX_WAITING or size > MAX_WAITING_BYTES
        if too_many or self._is_away:
            raise Away
        group.rows += rows
        group.size = size
        group.workspaces.add(workspace_id)
        future = asyncio.get_running_loop().create_future()
        group.waiting.append(future)
        self._something.set()
        return future

    async def keep_committing(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            # On one connection: a second was no faster, and the rows stay in the order of receipt.
            tasks.create_task(self._keep_committing())
            tasks.create_task(self._keep_waking())
            tasks.create_task(self._keep_measuring())

    async def drain(self) -> None:
        """Wait until nothing waits any more."""
        while self._next.waiting or self._is_committing:  # noqa: ASYNC110  (only at the end)
            await asyncio.sleep(0.01)

    async def _keep_committing(self) -> None:
        failures = 0
        while True:
            try:
                async with await connect(self._conninfo, "ingest") as connection:
                    failures = 0
                    self._is_away = False
                    await self._commit_groups(connection)
            except psycopg.Error as error:
                if not failures:
                    logger.warning("The inbox lost its database: %s", reason(error))
            self._is_away = True
            self._take().settle(Away())
            await asyncio.sleep(_BACKOFF_SECONDS[min(failures, len(_BACKOFF_SECONDS) - 1)])
            failures += 1

    async def _commit_groups(self, connection: Connection) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._something.wait()
            if not self._next.rows:
                self._something.clear()
                continue
            group = self._take()
            self._is_committing = True
            # Ending a statement on a server that is mute takes longer than clients wait.
            late = loop.call_later(PATIENCE_SECONDS, group.settle, Away())
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await copy_rows(connection, group.rows)
            except TimeoutError:
                raise psycopg.OperationalError("the database does not answer") from None
            except psycopg.Error:
                group.settle(Away())
                raise
            finally:
                late.cancel()
                self._is_committing = False
            group.settle()
            self._committed |= group.workspaces
            self._commit_made.set()

    def _take(self) -> _Group:
        group, self._next = self._next, _Group()
        return group

    async def _keep_waking(self) -> None:
        while True:
            await self._commit_made.wait()
            self._commit_made.clear()
            workspaces, self._committed = self._committed, set()
            try:
                await self._wake(workspaces)
            except psycopg.Error:
                self._committed |= workspaces
                self._commit_made.set()
                await asyncio.sleep(1)
            await asyncio.sleep(_WAKE_SECONDS)

    async def _keep_measuring(self) -> None:
        while True:
            with suppress(psycopg.Error):
                rows = await self._line.run(_MEASURE, (MAX_DEPTH, MAX_DEPTH + 1))
                self._is_full = rows[0][0] > MAX_DEPTH
            await asyncio.sleep(_MEASURE_SECONDS)
