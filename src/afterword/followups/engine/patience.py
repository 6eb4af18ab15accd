"""End what takes too long: one thread for all that is under way, instead of a timer for each."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import SimpleQueue


@dataclass(slots=True)
class _Waiting:
    ends_at: float
    end: Callable[[], None]
    is_over: bool = False
    # Whoever's request ends at that very moment waits, lest the next one on its line be ended.
    ending: threading.Lock = field(default_factory=threading.Lock)


_queues: dict[float, SimpleQueue[_Waiting]] = {}
_opening = threading.Lock()


@contextmanager
def within(seconds: float, end: Callable[[], None]) -> Iterator[None]:
    """Have `end` called, in another thread, if the block takes longer."""
    waiting = _Waiting(time.monotonic() + seconds, end)
    _queue(seconds).put(waiting)
    try:
        yield
    finally:
        with waiting.ending:
            waiting.is_over = True


def _queue(seconds: float) -> SimpleQueue[_Waiting]:
    """Return those who have as long a patience: they run out in the order in which they came."""
    with _opening:
        if seconds not in _queues:
            _queues[seconds] = SimpleQueue()
            arguments = [_queues[seconds]]
            threading.Thread(target=_watch, args=arguments, name="patience", daemon=True).start()
        return _queues[seconds]


def _watch(queue: SimpleQueue[_Waiting]) -> None:
    while True:
        waiting = queue.get()
        while not waiting.is_over and (left := waiting.ends_at - time.monotonic()) > 0:
            time.sleep(left)
        with waiting.ending:
            if not waiting.is_over:
                waiting.end()
