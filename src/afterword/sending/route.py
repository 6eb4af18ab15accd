"""One mail server and the connections to it: what is claimed for it is composed and handed over.

Its queues are refilled while it sends, so that one slow answer holds up one connection only.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple, TypeVar
from uuid import UUID

from afterword.core.failpoints import failpoint
from afterword.mail.servers.find import Server
from afterword.mail.ways.faults import Fault, NotSent
from afterword.mail.ways.way import Letter, Transport
from afterword.sending import hand_over, pace
from afterword.sending.database_thread import DATABASE_AWAY, DatabaseThread
from afterword.sending.doubt_limit import DoubtLimit
from afterword.sending.hand_over import Accepted, Beginning
from afterword.sending.journal import Journal, Page
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


class Ready(NamedTuple):
    """A mail and the letter that it was made into."""

    mail: Mail
    letter: Letter


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
        self.held: dict[UUID, Held] = {}
        connections = server.connections if server else MAILBOX_CONNECTIONS
        self._transports = [open_transport() for _ in range(connections)]
        self._ledger = ledger
        self._thread = DatabaseThread("route")
        self._journal = journal
        self._on_room = on_room
        self._now = now
        self._claimed: asyncio.Queue[Mail] = asyncio.Queue()
        self._low = connections  # when the next are to be claimed: claiming takes its time
        # Few are composed ahead: each is a moment older when it goes.
        self._ready: asyncio.Queue[Ready] = asyncio.Queue(connections)
        self._begun: set[UUID] = set()
        self._doubt_limit = DoubtLimit(connections)
        self._noting: set[asyncio.Future[bool]] = set()
        self._quiet = asyncio.Event()
        self._outage = Outage(self.name, open_transport, on_room)
        self._meter = Meter()
        self._tasks = [
            asyncio.create_task(work)
            for work in (self._compose(), *(self._serve(one) for one in self._transports))
        ]

    @property
    def is_down(self) -> bool:
        return self._outage.is_on

    @property
    def is_idle(self) -> bool:
        return not self.held and not self._noting

    def room(self) -> int:
        """How many more mails it can use: what it sends in a second, at most CLAIM."""
        waiting = self._claimed.qsize()
        if self.is_down or waiting > self._low:
            return 0
        return max(2 * len(self._transports), min(CLAIM, self._meter.pace())) - waiting

    def take(self, mails: Sequence[Mail]) -> None:
        self._quiet.clear()
        self._low = max(len(self._transports), len(mails) // 2)
        for mail in mails:
            self.held[mail.id] = _held(mail)
            self._claimed.put_nowait(mail)

    async def finish(self, seconds: float) -> None:
        """Put back what is not being handed over, and let the rest end, for so long."""
        composing, *connections = self._tasks
        composing.cancel()
        await asyncio.gather(composing, return_exceptions=True)
        self._outage.close()
        await self._put_back(self._not_begun())
        if not self.is_idle:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._quiet.wait(), seconds)
        # Asked before the connections are told to stop: then they let go of it.
        offered = [held for held in self.held.values() if held.id not in self._begun]
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
            self._write_down_composing(_held(mail))
            try:
                failpoint("claimed")
                letter = kind_called(mail.kind).compose(mail, self._now())
            except ValueError as refusal:  # DesignRefused, MessageRefused, or text nobody foresaw
                await self._settle(mail, partial(hand_over.park, mail, str(refusal)))
                continue
            except Exception:
                log.exception("mail %s could not be composed", mail.id)
                self._let_go(mail.id)
                continue
            try:
                await self._ready.put(Ready(mail, letter))
            except asyncio.CancelledError:
                self._claimed.put_nowait(mail)  # for `finish` to put back
                raise
            await asyncio.sleep(0)

    async def _serve(self, transport: Transport) -> None:
        """Hand letters over, one at a time."""
        while True:
            ready = await self._ready.get()
            try:
                await self._send(transport, ready)
            except DATABASE_AWAY as error:
                log.warning("mail %s waits for its lease: %s", ready.mail.id, error)
                await transport.withdraw()
            except NotSent as problem:  # the server's own trouble; the mail's are noted
                await self._return(ready.mail)
                await self._note_trouble(problem)
            except Exception:
                log.exception("mail %s waits for its lease", ready.mail.id)
                await transport.withdraw()
            finally:
                self._let_go(ready.mail.id)

    async def _send(self, transport: Transport, ready: Ready) -> None:
        try:
            await self._hand_over(transport, ready)
        except NotSent as problem:
            if problem.fault is Fault.SERVER:
                raise
            if problem.fault is Fault.SENDER:
                self.shunned[ready.mail.workspace_id] = self._now() + SHUNNED
                log.warning("workspace %s waits: %s", ready.mail.workspace_id, problem.reply)
                await self._return(ready.mail)
                return
            await self._settle(
                ready.mail, partial(note_refusal, self.name, ready.mail, problem, self._now())
            )

    async def _hand_over(self, transport: Transport, ready: Ready) -> None:
        failpoint("composed")
        await transport.offer(ready.letter)
        failpoint("offered")
        async with self._doubt_limit.turn():
            noted = await self._hand_over_body(transport, ready)
        if noted:
            await asyncio.wait([noted])

    async def _hand_over_body(
        self, transport: Transport, ready: Ready
    ) -> "asyncio.Future[bool] | None":
        """Return the commit to wait for before the connection goes on, if there is one."""
        mail, letter = ready
        held = _held(mail)
        try:
            may = await self._ledger.begin(Beginning(*held, letter.subject, letter.from_address))
        except DATABASE_AWAY:
            await transport.withdraw()
            await self._ledger.take_back(held)
            raise
        if not may:
            await transport.withdraw()
            await self._settle(mail, partial(settle_if_needed, [held], self._now()))
            return None
        self._begun.add(held.id)
        failpoint("begun")
        reply = await transport.hand_over(ready.letter)
        failpoint("after_250")
        page = self._write_down(held, reply)
        failpoint("journaled")
        self._meter.count()
        self._outage.took_mail()
        pace.note_taken(self.name, mail.recipient)
        committed = self._ledger.note_sent(Accepted(*held, reply))
        self._noting.add(committed)
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
        self._noting.discard(committed)
        if error := committed.exception():
            log.warning("mail %s was sent, which is not noted yet: %s", held.id, error)
        elif page is not None:
            page.committed()
        self._tell_if_idle()

    def _write_down_composing(self, held: Held) -> None:
        with suppress(OSError):  # the next note says that the disk takes no more
            if self._journal is not None:
                self._journal.begin(held)

    async def _settle(self, mail: Mail, work: Callable[[], None]) -> None:
        """Note what became of a mail that was not sent."""
        try:
            await self._thread.do(work)
        except DATABASE_AWAY as error:
            log.warning("mail %s waits for its lease: %s", mail.id, error)
        finally:
            self._let_go(mail.id)

    def _let_go(self, mail_id: UUID) -> None:
        """Its lease is renewed no more."""
        self.held.pop(mail_id, None)
        self._begun.discard(mail_id)
        self._tell_if_idle()

    def _tell_if_idle(self) -> None:
        if self.is_idle:
            self._quiet.set()
            self._on_room()

    async def _return(self, mail: Mail) -> None:
        """Queue a mail again; the server says that it took nothing."""
        await self._settle(mail, partial(hand_over.take_back, _held(mail)))

    async def _put_back(self, held: Sequence[Held]) -> None:
        for one in held:
            self._let_go(one.id)
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
        waiting = [_held(one) for one in _emptied(self._claimed)]
        return waiting + [_held(one.mail) for one in _emptied(self._ready)]


def _emptied(queue: "asyncio.Queue[T]") -> list[T]:
    return [queue.get_nowait() for _ in range(queue.qsize())]


def _held(mail: Mail) -> Held:
    return Held(mail.id, mail.attempt)
