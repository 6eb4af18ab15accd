"""One mail server and the connections to it: what is claimed for it is composed and handed over.

Its queues are refilled while it sends, so that one slow answer holds up one connection only.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar
from uuid import UUID

from afterword.core.failpoints import failpoint
from afterword.core.survived import Survived
from afterword.mail.servers.find import Server
from afterword.mail.ways.faults import Fault, NotSent
from afterword.mail.ways.way import Transport
from afterword.sending import hand_over
from afterword.sending.database_thread import DATABASE_AWAY, DatabaseThread
from afterword.sending.handing_over import HandingOver, Ready
from afterword.sending.in_hand import InHand
from afterword.sending.journal import Journal
from afterword.sending.kinds import kind_called
from afterword.sending.lease import Held
from afterword.sending.ledger import Ledger
from afterword.sending.meter import Meter
from afterword.sending.models import Mail
from afterword.sending.outage import WAITS, Outage
from afterword.sending.recheck import settle_if_needed
from afterword.sending.refused import note_refusal

MAILBOX_CONNECTIONS = 4
CLAIM = 250  # mails at a time, at most
SHUNNED = timedelta(minutes=5)  # a workspace whose sender the server refused

T = TypeVar("T")
log = logging.getLogger(__name__)


class Route:
    """Sends over one server. All of it runs in one event loop."""

    def __init__(
        self,
        open_transport: Callable[[], Transport],
        server: Server,
        ledger: Ledger,
        journal: Journal | None,
        *,
        on_room: Callable[[], None],
        now: Callable[[], datetime],
    ) -> None:
        self.name = server.name if server else "mailbox"
        self.per_minute = server.per_minute if server else None
        self.is_mailbox = server is None
        # Whose mails are not claimed for the moment, and until when.
        self.shunned: dict[UUID | None, datetime] = {}
        connections = server.connections if server else MAILBOX_CONNECTIONS
        self._transports = [open_transport() for _ in range(connections)]
        self._ledger = ledger
        self._thread = DatabaseThread("route")
        self._on_room = on_room
        self._now = now
        self._claimed: asyncio.Queue[Mail] = asyncio.Queue()
        self._low = connections  # when the next are to be claimed: claiming takes its time
        # Few are composed ahead: each is a moment older when it goes.
        self._ready: asyncio.Queue[Ready] = asyncio.Queue(connections)
        self._outage = Outage(self.name, open_transport, on_room)
        self._meter = Meter()
        self._in_hand = InHand(on_room)
        self._handing_over = HandingOver(
            self.name,
            ledger,
            journal,
            self._in_hand,
            connections=connections,
            on_taken=self._note_taken,
        )
        self._tasks = [
            asyncio.create_task(work)
            for work in (self._compose(), *(self._serve(one) for one in self._transports))
        ]

    @property
    def is_down(self) -> bool:
        return self._outage.is_on

    @property
    def is_idle(self) -> bool:
        return self._in_hand.is_idle

    @property
    def held(self) -> Collection[Held]:
        """Whose leases are to be renewed."""
        return self._in_hand.held.values()

    def room(self) -> int:
        """How many more mails it can use: what it sends in a second, at most CLAIM."""
        waiting = self._claimed.qsize()
        if self.is_down or waiting > self._low:
            return 0
        return max(2 * len(self._transports), min(CLAIM, self._meter.pace())) - waiting

    def take(self, mails: Sequence[Mail]) -> None:
        self._low = max(len(self._transports), len(mails) // 2)
        self._in_hand.take(mail.held for mail in mails)
        for mail in mails:
            self._claimed.put_nowait(mail)

    async def finish(self, seconds: float) -> None:
        """Put back what is not being handed over, and let the rest end, for so long."""
        composing, *connections = self._tasks
        composing.cancel()
        await asyncio.gather(composing, return_exceptions=True)
        self._outage.close()
        await self._put_back(self._not_begun())
        await self._in_hand.wait_until_idle(seconds)
        # Asked before the connections are told to stop: then they let go of it.
        offered = self._in_hand.offered()
        for task in connections:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for transport in self._transports:
            await transport.withdraw()
        await asyncio.gather(*(self._ledger.take_back(held) for held in offered))
        self._thread.close()

    async def _compose(self) -> None:
        """Make letters ahead, one at a time: the loop must hear soon what the server answers."""
        while True:
            mail = await self._claimed.get()
            if self._claimed.qsize() == self._low:
                self._on_room()
            with Survived("mail %s could not be composed", mail.id) as composing:
                await self._compose_one(mail)
            if composing.error:
                self._in_hand.let_go(mail.id)
            await asyncio.sleep(0)

    async def _compose_one(self, mail: Mail) -> None:
        self._handing_over.write_down_composing(mail.held)
        try:
            failpoint("claimed")
            letter = kind_called(mail.kind).compose(mail, self._now())
        except ValueError as refusal:  # DesignRefused, MessageRefused, or text nobody foresaw
            await self._settle(mail, partial(hand_over.park, mail, str(refusal)))
            return
        try:
            await self._ready.put(Ready(mail, letter))
        except asyncio.CancelledError:
            self._claimed.put_nowait(mail)  # for `finish` to put back
            raise

    async def _serve(self, transport: Transport) -> None:
        """Hand letters over, one at a time."""
        while True:
            ready = await self._ready.get()
            try:
                with Survived("mail %s waits for its lease", ready.mail.id) as sending:
                    await self._send(transport, ready)
                if sending.error:
                    await transport.withdraw()
            finally:
                self._in_hand.let_go(ready.mail.id)

    async def _send(self, transport: Transport, ready: Ready) -> None:
        """Hand it over, or note why that was not possible."""
        mail = ready.mail
        try:
            if not await self._handing_over.hand_over(transport, ready):
                await self._settle(mail, partial(settle_if_needed, [mail.held], self._now()))
        except DATABASE_AWAY as error:
            log.warning("mail %s waits for its lease: %s", mail.id, error)
            await transport.withdraw()
        except NotSent as problem:
            await self._note_not_sent(mail, problem)

    async def _note_not_sent(self, mail: Mail, problem: NotSent) -> None:
        match problem.fault:
            case Fault.SERVER:  # its own trouble
                await self._return(mail)
                await self._note_trouble(problem)
            case Fault.SENDER:
                self.shunned[mail.workspace_id] = self._now() + SHUNNED
                log.warning("workspace %s waits: %s", mail.workspace_id, problem.reply)
                await self._return(mail)
            case _:
                refused = partial(note_refusal, self.name, mail, problem, self._now())
                await self._settle(mail, refused)

    def _note_taken(self) -> None:
        """The server took a mail."""
        self._meter.count()
        self._outage.took_mail()

    async def _settle(self, mail: Mail, work: Callable[[], None]) -> None:
        """Note what became of a mail that was not sent."""
        try:
            await self._thread.do(work)
        except DATABASE_AWAY as error:
            log.warning("mail %s waits for its lease: %s", mail.id, error)
        finally:
            self._in_hand.let_go(mail.id)

    async def _return(self, mail: Mail) -> None:
        """Queue a mail again; the server says that it took nothing."""
        await self._settle(mail, partial(hand_over.take_back, mail.held))

    async def _put_back(self, held: Sequence[Held]) -> None:
        for one in held:
            self._in_hand.let_go(one.id)
        if held:
            with suppress(*DATABASE_AWAY):  # then their leases run out
                await self._thread.do(partial(hand_over.put_back, held))

    async def _note_trouble(self, problem: NotSent) -> None:
        """Many servers allow fewer connections than we would like: then the others go on."""
        if any(transport.is_connected for transport in self._transports):
            await asyncio.sleep(WAITS[-1])
        elif not self.is_down:
            await self._stop_for_now(problem.reply)

    async def _stop_for_now(self, words: str) -> None:
        """Give everything back until the server is up again."""
        self._outage.begin(words)
        await self._put_back(self._not_begun())

    def _not_begun(self) -> list[Held]:
        """Take out what no connection has yet."""
        waiting = [one.held for one in _emptied(self._claimed)]
        return waiting + [one.mail.held for one in _emptied(self._ready)]


def _emptied(queue: "asyncio.Queue[T]") -> list[T]:
    return [queue.get_nowait() for _ in range(queue.qsize())]
