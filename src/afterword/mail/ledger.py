"""Commits what happens to mails: all that is told at the same time goes in one transaction."""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

from django.db import (
    Error,
    InterfaceError,
    InternalError,
    OperationalError,
    connection,
    transaction,
)
from django.utils import timezone

from afterword.surveys import hand_over
from afterword.surveys.claim import Held
from afterword.surveys.hand_over import Sent

PATIENCE = 30.0  # seconds to wait for a database that went away after a mail was taken
# Also what a server says that is being failed over, or has become a read-only one.
DATABASE_AWAY = (OperationalError, InterfaceError, InternalError)
T = TypeVar("T")


class Told(NamedTuple):
    """What a connection has to say of its mail, and where the answer goes."""

    what: Held | Sent
    committed: "asyncio.Future[bool]"


class Desk:
    """A thread with a database connection of its own, for an event loop."""

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


class Ledger:
    """While one group is being committed, the next gathers."""

    def __init__(self) -> None:
        self._desk = Desk("ledger")
        self._waiting: list[Told] = []
        self._commits: asyncio.Task[None] | None = None

    async def begin(self, held: Held) -> bool:
        """Commit that the body is about to be handed over; return whether it may be."""
        return await self._tell(held)

    async def note_sent(self, sent: Sent) -> bool:
        """Commit that the server took the mail, through a restart of the database if need be.

        Without it the mail would be in doubt, and sent once more.
        """
        ends = time.monotonic() + PATIENCE
        while True:
            try:
                return await self._tell(sent)
            except DATABASE_AWAY:
                if time.monotonic() > ends:
                    raise
                await asyncio.sleep(0.2)

    def close(self) -> None:
        self._desk.close()

    async def _tell(self, what: Held | Sent) -> bool:
        committed: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(Told(what, committed))
        if self._commits is None or self._commits.done():
            self._commits = asyncio.create_task(self._commit_all())
        return await committed

    async def _commit_all(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting, []
            try:
                answers = await self._desk.do(lambda group=group: _commit(group))  # type: ignore[misc]
            except Error as error:
                for told in group:
                    told.committed.set_exception(error)
            else:
                for told in group:
                    told.committed.set_result(told.what.id in answers)


def _commit(group: Sequence[Told]) -> set[object]:
    """Commit a group; return the surveys that were still held."""
    held = [told.what for told in group if isinstance(told.what, Held)]
    sent = [told.what for told in group if isinstance(told.what, Sent)]
    now = timezone.now()
    with transaction.atomic():
        begun = hand_over.begin(held, now) if held else set()
        noted = hand_over.note_sent(sent, now) if sent else set()
    return begun | noted
