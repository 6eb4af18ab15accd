"""Commits what happens to mails: all that is told at the same time goes in one transaction."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext, suppress
from typing import NamedTuple, TypeVar

from django.db import Error, transaction
from django.utils import timezone

from afterword.core.failpoints import failpoint
from afterword.mail.desk import DATABASE_AWAY, Desk
from afterword.surveys import hand_over
from afterword.surveys.claim import Held
from afterword.surveys.hand_over import Accepted, Beginning

T = TypeVar("T")
log = logging.getLogger(__name__)
PATIENCE = 30.0  # seconds to wait for a database that went away after a mail was taken


class Told(NamedTuple):
    """What a connection has to say of its mail, and where the answer goes."""

    what: Beginning | Accepted
    committed: "asyncio.Future[bool]"


class Ledger:
    """While one group is being committed, the next gathers."""

    def __init__(self) -> None:
        self._desk = Desk("ledger")
        self._waiting: list[Told] = []
        self._commits: asyncio.Task[None] | None = None

    async def begin(self, mail: Beginning) -> bool:
        """Commit that the body is about to be handed over; return whether it may be."""
        return await self._tell(mail)

    async def take_back(self, held: Held) -> None:
        """Commit that nothing was handed over, after a commit of `begin` that may have failed."""
        with suppress(*DATABASE_AWAY):  # then it is in doubt
            await patiently(lambda: self._desk.do(lambda: hand_over.take_back(held)))

    async def note_sent(self, accepted: Accepted) -> bool:
        """Commit that the server took the mail, through a restart of the database if need be.

        Without it the mail would be in doubt, and sent once more.
        """
        return await patiently(lambda: self._tell(accepted))

    def close(self) -> None:
        self._desk.close()

    async def _tell(self, what: Beginning | Accepted) -> bool:
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
            except Exception as error:
                if not isinstance(error, Error):
                    log.exception("a commit failed for a reason that nobody foresaw")
                for told in group:  # whoever waits must hear of it, whatever it is
                    told.committed.set_exception(error)
            else:
                for told in group:
                    told.committed.set_result(told.what.id in answers)


async def patiently(work: Callable[[], Awaitable[T]]) -> T:
    """Do `work`, again and again while the database is away, for PATIENCE seconds."""
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            return await work()
        except DATABASE_AWAY:
            if time.monotonic() > ends:
                raise
            await asyncio.sleep(0.2)


def _commit(group: Sequence[Told]) -> set[object]:
    """Commit a group; return the surveys that were still held."""
    begun = [told.what for told in group if isinstance(told.what, Beginning)]
    sent = [told.what for told in group if isinstance(told.what, Accepted)]
    now = timezone.now()
    failpoint("before_group_commit")
    # One statement is a transaction by itself, which saves two round trips.
    with transaction.atomic() if begun and sent else nullcontext():
        answers: set[object] = set(hand_over.begin(begun, now)) if begun else set()
        answers |= hand_over.note_sent(sent, now) if sent else set()
    failpoint("after_group_commit")
    return answers
