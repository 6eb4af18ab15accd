"""Commits what happens to mails: all that is told at the same time goes in one statement.

It asks the database from within the event loop: a thread would wait for Python's lock longer than
the database takes.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from afterword.core.failpoints import failpoint
from afterword.core.line import Line, conninfo
from afterword.core.survived import Survived
from afterword.sending import hand_over
from afterword.sending.database_thread import DATABASE_AWAY, DatabaseThread
from afterword.sending.hand_over import Accepted, Beginning, Group
from afterword.sending.lease import Held

# Passes of the event loop for more to come in: an answer lets the next mail begin, and both go in
# one commit. Where there are more, many connections are at work: seconds that halve the commits.
PASSES = 4
FEW, GATHER = 2, 0.003
PATIENCE = 30.0  # seconds to wait for a database that went away after a mail was taken
PAUSE = 0.2  # seconds until it is asked again


class Told(NamedTuple):
    """What a connection has to say of its mail, and where the answer goes."""

    what: Beginning | Accepted
    committed: "asyncio.Future[bool]"
    at: float


class Ledger:
    """While one group is being committed, the next gathers."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._line = Line(conninfo(), "hand-over", plans_once=True)
        self._thread = DatabaseThread("ledger")
        self._waiting: list[Told] = []
        self._commits: asyncio.Task[None] | None = None

    def begin(self, mail: Beginning) -> "asyncio.Future[bool]":
        """Commit that the body is about to be handed over; the answer is whether it may be."""
        return self._tell(mail)

    def note_sent(self, accepted: Accepted) -> "asyncio.Future[bool]":
        """Commit that the server took the mail, through a restart of the database if need be.

        Without it the mail would be in doubt, and sent once more.
        """
        return self._tell(accepted)

    async def take_back(self, held: Held) -> None:
        """Commit that nothing was handed over, after a commit of `begin` that may have failed."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:  # then it is in doubt
            with suppress(*DATABASE_AWAY):
                await self._thread.do(lambda: hand_over.take_back(held))
                return
            await asyncio.sleep(PAUSE)

    async def close(self) -> None:
        self._thread.close()
        await self._line.close()

    def _tell(self, what: Beginning | Accepted) -> "asyncio.Future[bool]":
        committed: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(Told(what, committed, time.monotonic()))
        if self._commits is None or self._commits.done():
            self._commits = asyncio.create_task(self._commit_all())
        return committed

    async def _commit_all(self) -> None:
        while self._waiting:
            for _ in range(PASSES):
                await asyncio.sleep(0)
            if len(self._waiting) > FEW:
                await asyncio.sleep(GATHER)
            told, self._waiting = self._waiting, []
            with Survived("a commit failed for a reason that nobody foresaw") as committing:
                await self._commit_or_wait(told)
            if committing.error:  # whoever waits must hear of it, whatever it is
                _fail(told, committing.error)

    async def _commit_or_wait(self, told: Sequence[Told]) -> None:
        """Commit and tell who waits; without a database, what is worth it is committed later."""
        try:
            held = await self._commit(told)
        except DATABASE_AWAY as error:
            again = [one for one in told if _is_worth_waiting(one)]
            _fail([one for one in told if one not in again], error)
            self._waiting = again + self._waiting
            await asyncio.sleep(PAUSE)
        else:
            for one in told:
                if not one.committed.done():
                    one.committed.set_result(one.what.id in held)

    async def _commit(self, told: Sequence[Told]) -> set[UUID]:
        """Commit a group; return the mails that were still held."""
        begun = [one.what for one in told if isinstance(one.what, Beginning)]
        sent = [one.what for one in told if isinstance(one.what, Accepted)]
        failpoint("before_group_commit")
        rows = await self._line.run(*Group(begun, sent).statement(self._now()))
        failpoint("after_group_commit")
        return {id_ for (id_,) in rows}


def _is_worth_waiting(told: Told) -> bool:
    return isinstance(told.what, Accepted) and time.monotonic() - told.at < PATIENCE


def _fail(told: Iterable[Told], error: Exception) -> None:
    for one in told:
        if not one.committed.done():
            one.committed.set_exception(error)
