"""One letter to one connection: offered, begun, handed over and noted, each with its commit."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from afterword.core.failpoints import failpoint
from afterword.mail.ways.way import Letter, Transport
from afterword.sending import pace
from afterword.sending.database_thread import DATABASE_AWAY
from afterword.sending.doubt_limit import DoubtLimit
from afterword.sending.hand_over import Accepted, Beginning
from afterword.sending.in_hand import InHand
from afterword.sending.journal import Journal, Page
from afterword.sending.lease import Held
from afterword.sending.ledger import Ledger
from afterword.sending.models import Mail

log = logging.getLogger(__name__)


class Ready(NamedTuple):
    """A mail and the letter that it was made into."""

    mail: Mail
    letter: Letter


class HandingOver:
    """For the connections to one server; calls `on_taken` for each mail that it took."""

    def __init__(
        self,
        server: str,
        ledger: Ledger,
        journal: Journal | None,
        in_hand: InHand,
        *,
        connections: int,
        on_taken: Callable[[], None],
    ) -> None:
        self._server = server
        self._ledger = ledger
        self._journal = journal
        self._in_hand = in_hand
        self._on_taken = on_taken
        self._doubt_limit = DoubtLimit(connections)

    async def hand_over(self, transport: Transport, ready: Ready) -> bool:
        """Return False if the mail may go no more; then nothing of it went. Raises NotSent."""
        failpoint("composed")
        await transport.offer(ready.letter)
        failpoint("offered")
        async with self._doubt_limit.turn():
            if not await self._begin(transport, ready):
                return False
            noted = await self._hand_over_body(transport, ready)
        if noted:
            await asyncio.wait([noted])
        return True

    async def _begin(self, transport: Transport, ready: Ready) -> bool:
        """Commit that the body is about to go, if it may."""
        held, letter = ready.mail.held, ready.letter
        try:
            may = await self._ledger.begin(Beginning(*held, letter.subject, letter.from_address))
        except DATABASE_AWAY:
            await transport.withdraw()
            await self._ledger.take_back(held)
            raise
        if not may:
            await transport.withdraw()
        return may

    async def _hand_over_body(
        self, transport: Transport, ready: Ready
    ) -> "asyncio.Future[bool] | None":
        """Return the commit to wait for before the connection goes on, if there is one."""
        held = ready.mail.held
        self._in_hand.begin(held)
        failpoint("begun")
        reply = await transport.hand_over(ready.letter)
        failpoint("after_250")
        page = self._write_down(held, reply)
        failpoint("journaled")
        self._on_taken()
        pace.note_taken(self._server, ready.mail.recipient)
        committed = self._ledger.note_sent(Accepted(*held, reply))
        self._in_hand.note(committed)
        committed.add_done_callback(partial(self._noted, held, page))
        return None if page else committed  # without a page it will be the only evidence

    def _write_down(self, held: Held, reply: str) -> Page | None:
        if self._journal is None:
            return None
        try:
            return self._journal.note(held, reply)
        except OSError as error:
            log.warning("the journal takes no more: %s", error)
            return None

    def _noted(self, held: Held, page: Page | None, committed: "asyncio.Future[bool]") -> None:
        if error := committed.exception():
            log.warning("mail %s was sent, which is not noted yet: %s", held.id, error)
        elif page is not None:
            page.committed()
        self._in_hand.noted(committed)

    def write_down_composing(self, held: Held) -> None:
        """For whoever comes after this worker, should the composing be what kills it."""
        with suppress(OSError):  # the next note says that the disk takes no more
            if self._journal is not None:
                self._journal.begin(held)
