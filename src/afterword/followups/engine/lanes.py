"""Deliver what is due: a thread for each lane at work, so that a dead receiver delays no other.

Jobs only wake it up. Rows are the truth: who dies leaves leases that run out.
"""

import logging
import threading
import time
from datetime import timedelta
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection

from afterword.core.clock import database_now
from afterword.followups.engine.claim import claim, lanes_due, recover
from afterword.followups.engine.deliver import deliver

AT_ONCE = 64  # lanes in one process
A_TURN = 200  # deliveries of a lane before others may have its thread
GRACE = 16.0  # seconds that requests under way get when the worker is told to stop
SOON = timedelta(seconds=10)  # what is due within them is waited for here

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


class Lanes:
    """Wakes up when told, looks which lanes have something due, and gives each a thread."""

    def __init__(self) -> None:
        self._look = threading.Event()
        self._closing = threading.Event()
        self._at_work: dict[UUID, threading.Thread] = {}
        self._dispatcher = threading.Thread(target=self._dispatch, name="lanes", daemon=True)
        self._dispatcher.start()

    def wake(self) -> None:
        self._look.set()

    def close(self) -> None:
        self._closing.set()
        self._look.set()
        ends = time.monotonic() + GRACE
        for thread in [self._dispatcher, *self._at_work.values()]:
            thread.join(max(0.0, ends - time.monotonic()))

    def _dispatch(self) -> None:
        patience: float | None = None
        while not self._closing.is_set():
            self._look.wait(patience)
            self._look.clear()
            if self._closing.is_set():
                return
            try:
                patience = self._start_due()
            except (OperationalError, InterfaceError):
                log.warning("the database is away: deliveries wait")
                patience = 1.0
            finally:
                connection.close()

    def _start_due(self) -> float | None:
        """Start the lanes that have something due; return after how long to look again."""
        now = database_now()
        recover(now)
        due = lanes_due(now + SOON)
        self._at_work = {id_: one for id_, one in self._at_work.items() if one.is_alive()}
        for lane, at in sorted(due.items(), key=lambda one: one[1]):
            is_free = lane not in self._at_work and len(self._at_work) < AT_ONCE
            if is_free and at <= now:
                thread = threading.Thread(target=self._work, args=[lane], daemon=True)
                self._at_work[lane] = thread
                thread.start()
        later = [(at - now).total_seconds() for lane, at in due.items() if at > now]
        if len(due) > len(later):  # at work, or without a thread yet
            later.append(1.0)
        return max(0.05, min(later)) if later else None

    def _work(self, lane: UUID) -> None:
        try:
            for _ in range(A_TURN):
                if self._closing.is_set() or not deliver_next(lane):
                    break
        except (OperationalError, InterfaceError):
            log.warning("the database is away: deliveries wait")
        finally:
            connection.close()
            self._look.set()


def deliver_next(lane: UUID) -> bool:
    """Deliver what is due next in a lane; return whether there was something."""
    now = database_now()
    delivery = claim(lane, now)
    if delivery is None:
        return False
    deliver(delivery, now)
    return True
