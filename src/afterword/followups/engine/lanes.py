"""Deliver what is due: a lane for each receiver, so that a dead one delays no other.

One thread claims for all lanes at once, makes the requests and notes what came of them, each with
one set of queries; others bring the requests, and know nothing of the database. Jobs only wake it
up. Rows are the truth: who dies leaves leases that run out.
"""

import logging
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from typing import NamedTuple
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection

from afterword.core.clock import LOOK_EVERY, Clock
from afterword.core.failpoints import failpoint
from afterword.followups.engine.claim import claim, lanes_due, recover
from afterword.followups.engine.deliver import compose, read, record_all
from afterword.followups.engine.lane import Lane
from afterword.followups.engine.post import Line, Reply, Request
from afterword.followups.models import Delivery
from afterword.followups.rooms import room_of

AT_ONCE = 128  # requests in one process
SHARED = 64  # from so many on, one of each lane at most
GRACE = 16.0  # seconds that requests under way get when the worker is told to stop
SOON = timedelta(seconds=10)  # what is due within them is waited for here
PAUSE = 0.1  # seconds from one look to the next: what comes together is done together
LINGER = 0.5  # seconds that a connection to the database is held without anything to do

FAILED_HERE = Reply(None, "", "It failed here; the log says why.", 0)

log = logging.getLogger(__name__)
_opened: "Lanes | None" = None
_opening = threading.Lock()


def lanes() -> "Lanes":
    """Return this process's."""
    global _opened  # noqa: PLW0603  (one for a process, and closed with it)
    with _opening:
        if _opened is None:
            _opened = Lanes()
        return _opened


def close_lanes() -> None:
    """Let the requests that are under way end; for a process that is about to."""
    global _opened  # noqa: PLW0603
    with _opening:
        if _opened is not None:
            _opened.close()
        _opened = None


class _Brought(NamedTuple):
    """A request that came back; without a reply it failed as none may."""

    delivery: Delivery
    request: Request
    line: Line
    reply: Reply | None


class Lanes:
    """Wakes up when told, or when a request came back, and has all lanes go on."""

    def __init__(self) -> None:
        self._look = threading.Event()
        self._closing = threading.Event()
        self._clock = Clock()
        self._lanes: dict[UUID, Lane] = {}
        self._back: SimpleQueue[_Brought] = SimpleQueue()
        self._to_record: list[_Brought] = []
        self._recovered_at = -LOOK_EVERY
        self._starting = threading.Lock()
        self._pool = ThreadPoolExecutor(AT_ONCE, "delivery")
        self._start()

    def _start(self) -> None:
        self._dispatcher = threading.Thread(target=self._dispatch, name="lanes", daemon=True)
        self._dispatcher.start()

    def wake(self) -> None:
        self._look.set()
        with self._starting:  # of two who wake it up at once, one starts it
            if not self._dispatcher.is_alive() and not self._closing.is_set():
                self._start()  # what it died of was logged, and what it held is found by its leases

    def close(self) -> None:
        self._closing.set()
        self._look.set()
        self._dispatcher.join(GRACE)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _dispatch(self) -> None:
        self._to_record.clear()
        patience: float | None = None
        try:
            while not (self._closing.is_set() and self._is_done()):
                self._wait(patience)
                began = time.monotonic()
                patience = self._try()
                time.sleep(max(0.0, began + PAUSE - time.monotonic()))
        finally:
            connection.close()

    def _try(self) -> float | None:
        try:
            return self._pass()
        except (OperationalError, InterfaceError):
            log.warning("the database is away: deliveries wait")
            connection.close()
            return 1.0

    def _is_done(self) -> bool:
        return not self._to_record and not any(lane.under_way for lane in self._lanes.values())

    def _wait(self, patience: float | None) -> None:
        """Wait until told, or for so long; no connection to the database is held meanwhile."""
        first = LINGER if patience is None else min(patience, LINGER)
        if not self._look.wait(first):
            connection.close()
            if patience is None or patience > first:
                self._look.wait(None if patience is None else patience - first)
        self._look.clear()

    def _pass(self) -> float | None:
        """Note what came back and begin what is due; return after how long to look again."""
        self._record()
        if self._closing.is_set():
            return None
        self._clock.look()
        now = self._clock.now()
        if time.monotonic() - self._recovered_at >= LOOK_EVERY:
            recover(now)
            self._recovered_at = time.monotonic()
        due = lanes_due(now + SOON)
        if wanted := self._wanted(due, now):
            for delivery, request in compose(claim(wanted, now), now):
                self._bring(delivery, request)
        self._forget_idle()
        return self._patience(due, now)

    def _wanted(self, due: Mapping[UUID, datetime], now: datetime) -> dict[UUID, int]:
        """Return how many each lane may take, the one that has waited longest first."""
        under_way = sum(lane.under_way for lane in self._lanes.values())
        wanted: dict[UUID, int] = {}
        for id_, at in sorted(due.items(), key=lambda one: one[1]):
            lane = self._lanes.get(id_) or Lane()
            most = min(lane.free, AT_ONCE - under_way)
            if under_way >= SHARED:
                most = min(most, 0 if lane.under_way else 1)
            if at <= now and most > 0:
                wanted[id_] = most
                under_way += most
        return wanted

    def _bring(self, delivery: Delivery, request: Request) -> None:
        assert delivery.lane
        lane = self._lanes.setdefault(delivery.lane, Lane())
        line = lane.begin()
        self._pool.submit(self._post, delivery, request, line).add_done_callback(_complain)

    def _post(self, delivery: Delivery, request: Request, line: Line) -> None:
        reply: Reply | None = None
        try:
            reply = line.post(request)
            failpoint("after_post")
        finally:
            self._back.put(_Brought(delivery, request, line, reply))
            self._look.set()

    def _record(self) -> None:
        """Note what came back. While the database is away it is kept, and noted later."""
        try:
            while True:
                self._to_record.append(one := self._back.get_nowait())
                assert one.delivery.lane
                taken = one.reply is not None and one.reply.is_taken
                at_once = room_of(one.delivery).at_once if taken else 1
                self._lanes[one.delivery.lane].end(one.line, at_once)
        except Empty:
            pass
        tried = [
            read(one.delivery, one.request, one.reply or FAILED_HERE) for one in self._to_record
        ]
        if tried:
            self._clock.look()
            record_all(tried, self._clock.now())
        self._to_record.clear()

    def _forget_idle(self) -> None:
        for id_ in [id_ for id_, lane in self._lanes.items() if lane.is_idle]:
            self._lanes.pop(id_).close()

    def _patience(self, due: Mapping[UUID, datetime], now: datetime) -> float | None:
        later = [(at - now).total_seconds() for at in due.values() if at > now]
        if self._lanes or len(due) > len(later):  # at work, or without a thread yet
            later.append(1.0)
        return min(later) if later else None


def _complain(done: "Future[None]") -> None:
    if not done.cancelled() and (fault := done.exception()):
        log.error("a delivery failed as none may", exc_info=fault)
