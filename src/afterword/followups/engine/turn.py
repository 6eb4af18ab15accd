"""One turn of following up: read until nothing is left, and wake up whoever delivers it."""

import time
from collections.abc import Callable

from afterword.core.clock import database_now
from afterword.followups.engine.claim import lanes_due
from afterword.followups.engine.follow import BATCH, follow
from afterword.followups.rules import READER
from afterword.happenings.read import is_behind

TURN = 5.0  # seconds before other jobs may have their turn
LOOK_AGAIN = 0.03  # seconds, where what happened last cannot be read yet: others still commit


def take_turn(wake_lanes: Callable[[], None]) -> bool:
    """Follow what happened; return False if the turn ended before all was read."""
    ends = time.monotonic() + TURN
    while time.monotonic() < ends:
        read = follow(database_now())
        if read and lanes_due(database_now()):
            wake_lanes()
        if read < BATCH:
            if not is_behind(READER):
                return True
            time.sleep(LOOK_AGAIN)
    return False
