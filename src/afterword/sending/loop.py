"""Sends what is due: one event loop a worker process, in a thread of its own that outlives jobs.

Jobs only wake it up. Most of sending is waiting, for mail servers and for commits.
"""

import asyncio
import logging
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import uvloop

from afterword.core.clock import Clock
from afterword.core.failpoints import failpoint
from afterword.core.jobs import wake
from afterword.core.survived import Survived
from afterword.mail.senders.find import load_senders
from afterword.mail.servers.find import Broken, Server, Servers, servers
from afterword.mail.ways.choose import open_transport
from afterword.sending import journal, pace
from afterword.sending.claim import Waiting, claim_due, hold, streams_waiting
from afterword.sending.database_thread import DATABASE_AWAY, DatabaseThread
from afterword.sending.journal import Journal
from afterword.sending.lease import LEASE, renew
from afterword.sending.ledger import Ledger
from afterword.sending.models import Mail
from afterword.sending.route import Route
from afterword.sending.sift import deliverable, in_turn

GRACE = 20.0  # seconds that mails being handed over get when the worker is told to stop
SERVERS_KEPT = 5.0  # seconds until a server that a workspace has set is heard of
SWITCH = 0.0002  # seconds that another thread keeps the loop waiting, instead of Python's 0.005
HELP_EVERY = 0.5  # seconds between calls for other workers

log = logging.getLogger(__name__)


_opened: "SenderLoop | None" = None
_opening = threading.Lock()


def sender_loop() -> "SenderLoop":
    """Return this process's."""
    global _opened  # noqa: PLW0603  (one for a process, and closed with it)
    with _opening:
        if _opened is None:
            _opened = SenderLoop(journals=journal.folder())
        return _opened


def close_sender_loop() -> None:
    """Let what is being handed over end; for a process that is about to."""
    global _opened  # noqa: PLW0603
    if _opened is not None:
        _opened.close()
        _opened = None


class SenderLoop:
    """Sends mail for one worker process."""

    def __init__(
        self, find_servers: Callable[[], Servers] = servers, journals: Path | None = None
    ) -> None:
        self._worker = uuid4()
        self._find_servers = find_servers
        self._journals = journals
        self._thread = threading.Thread(target=self._run, name="sender", daemon=True)
        self._has_begun = threading.Event()
        self._is_idle = threading.Event()
        self._asking = threading.Lock()
        self._asked = self._heard = 0  # wakes, and those before the latest look began
        self._is_stopping = False

    def wake(self) -> None:
        """Look for what is due, now; returns at once."""
        if self._is_stopping:
            return
        if not self._has_begun.is_set():
            self._thread.start()
            self._has_begun.wait()
        with self._asking:
            self._asked += 1
            self._is_idle.clear()
        self._look_again()

    def send_due(self, seconds: float = 60.0) -> bool:
        """Wake up, and wait until nothing that is due can be sent; False if that takes longer."""
        self.wake()
        return self._is_idle.wait(seconds)

    def close(self) -> None:
        """Put back what is not being handed over, let the rest end, and stop for good."""
        self._is_stopping = True
        if self._has_begun.is_set():
            self._look_again()
            self._thread.join(GRACE + 10)

    def _look_again(self) -> None:
        with suppress(RuntimeError):  # the loop saw that it is to stop, and has ended
            self._loop.call_soon_threadsafe(self._look.set)

    def _run(self) -> None:
        # The loop must not wait long for other threads: what a server answered is to be read at
        # once, since it is in doubt until then.
        sys.setswitchinterval(SWITCH)
        uvloop.run(self._work())

    async def _work(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._look = asyncio.Event()
        self._routes: dict[Server, Route] = {}
        self._clock = Clock()
        self._ledger = Ledger(self._clock.now)
        self._claims, self._renewals = DatabaseThread("claims"), DatabaseThread("renewals")
        self._mailbox = DatabaseThread("mailbox")
        self._journal = Journal(self._journals) if self._journals else None
        self._called_for_help_at = 0.0
        self._servers_until = 0.0
        renewing = asyncio.create_task(self._renew())
        self._has_begun.set()
        while not self._is_stopping:
            self._look.clear()
            self._heard = self._asked
            if not await self._look_for_work():
                self._note_idleness()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._look.wait(), self._patience)
        await asyncio.gather(*(route.finish(GRACE) for route in self._routes.values()))
        renewing.cancel()
        for thread in (self._claims, self._renewals, self._mailbox):
            thread.close()
        await self._ledger.close()
        if self._journal:
            self._journal.close()
        self._is_idle.set()

    async def _look_for_work(self) -> bool:
        """Claim what there is; return whether anything was, False also where that went wrong."""
        self._patience: float | None = None
        with Survived("nothing is claimed for now"):
            try:
                return await self._claim_all() > 0
            except DATABASE_AWAY as error:
                log.warning("nothing is claimed for now: %s", error)
        self._patience = 1.0
        return False

    async def _claim_all(self) -> int:
        """Claim for every server that has room; return how many were."""
        await self._claims.do(self._clock.look)
        waiting = await self._claims.do(partial(streams_waiting, self._clock.now()))
        if paused := [one.stream_id for one in waiting if one.is_paused]:
            await self._claims.do(partial(hold, paused, self._clock.now()))
        claimed = 0
        for route, streams in (await self._by_route(waiting)).items():
            claimed += await self._claim(route, streams)
        return claimed

    async def _by_route(self, waiting: Sequence[Waiting]) -> dict[Route, list[UUID]]:
        found: dict[Route, list[UUID]] = defaultdict(list)
        if not waiting:
            return found
        if time.monotonic() > self._servers_until:
            self._servers = await self._claims.do(self._find_servers)
            self._servers_until = time.monotonic() + SERVERS_KEPT
        now = self._clock.now()
        for stream_id, workspace_id, is_paused in waiting:
            server = self._servers.of(workspace_id)
            if is_paused or isinstance(server, Broken):
                continue
            route = self._route(server)
            if route.shunned.get(workspace_id, now) <= now:
                found[route].append(stream_id)
        return found

    def _route(self, server: Server) -> Route:
        if server not in self._routes:
            self._routes[server] = Route(
                partial(open_transport, server, self._mailbox.do),
                server,
                self._ledger,
                self._journal,
                on_room=self._look.set,
                now=self._clock.now,
            )
        return self._routes[server]

    async def _claim(self, route: Route, streams: list[UUID]) -> int:
        """Claim what the route has room for, as fast as its server may be given mail."""
        room, now = route.room(), self._clock.now()
        if room <= 0:
            return 0
        if route.per_minute:
            asked = partial(pace.room, route.name, route.per_minute, room, now)
            allowed = await self._claims.do(asked)
            if not allowed.now:
                self._patience = max(0.05, (allowed.next_at - now).total_seconds())
                return 0
            room = allowed.now
        claim = await self._claims.do(partial(claim_due, self._worker, now, room, streams))
        failpoint("after_claim_commit")
        if claim.mails:
            route.take(await self._claims.do(partial(self._sift, route, claim.mails)))
        if claim.seen > room // 2:
            await self._call_for_help()
        return claim.seen

    def _sift(self, route: Route, mails: Sequence[Mail]) -> list[Mail]:
        """Put off what the recipients' domains are not ready for; drop addresses that are none."""
        now = self._clock.now()
        if route.per_minute:
            pace.reserve(route.name, route.per_minute, len(mails), now)
        if not route.is_mailbox:
            mails = deliverable(mails, now)
        load_senders(
            {mail.workspace for mail in mails if mail.workspace}
        )  # the event loop does not query
        return in_turn(route.name, mails, now)

    async def _call_for_help(self) -> None:
        """There may be more than this worker sends: let others look too."""
        if time.monotonic() - self._called_for_help_at > HELP_EVERY:
            self._called_for_help_at = time.monotonic()
            await self._claims.do(partial(wake, "send_due"))

    async def _renew(self) -> None:
        """Renew the leases of what is held here."""
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 4)
            held = [one for route in self._routes.values() for one in route.held]
            if held:
                with Survived("leases are not renewed"):  # they last for three more tries
                    await self._renewals.do(partial(renew, held, self._clock.now()))

    def _note_idleness(self) -> None:
        """Say that all is done, unless somebody asked for more since it was looked for."""
        if self._look.is_set() or not all(
            route.is_idle or route.is_down for route in self._routes.values()
        ):
            return
        with self._asking:
            if self._heard == self._asked:
                self._is_idle.set()
