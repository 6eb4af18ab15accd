"""One turn of following up: read until nothing is left, and wake up whoever delivers it."""

import threading
import time
from collections.abc import Callable

from afterword.core.clock import database_now
from afterword.followups.engine.follow import BATCH, follow
from afterword.followups.rules import READER
from afterword.happenings.read import is_behind

TURN = 5.0  # seconds before other jobs may have their turn
# Seconds from one look to the next: what comes together is followed together, and what happened
# last cannot be read while others still commit.
PACE = 0.05
_turn = threading.Lock()
_asked = threading.Event()


def take_turn(wake_lanes: Callable[[], None]) -> bool:
    """Follow what happened; return False if the turn ended before all was read.

    One turn at a time in a process: who comes meanwhile is seen by the one who has it.
    """
    _asked.set()
    ends = time.monotonic() + TURN
    while _asked.is_set() and _turn.acquire(blocking=False):
        try:
            is_done = _follow_all(wake_lanes, ends)
        finally:
            _turn.release()
        if not is_done:
            return False
    return True


def _follow_all(wake_lanes: Callable[[], None], ends: float) -> bool:
    while time.monotonic() < ends:
        began = time.monotonic()
        _asked.clear()
        read = follow(database_now())
        if read:
            wake_lanes()
        elif read is None or not is_behind(READER):
            return True  # whoever else reads looks again after that
        if read != BATCH:
            time.sleep(max(0.0, began + PACE - time.monotonic()))
    return False
