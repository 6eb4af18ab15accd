"""A lane at work: its connections, and how many requests its receiver may get at once."""

import time

from afterword.followups.engine.post import Line

IDLE = 1.0  # seconds; receivers may close a connection soon after


class Lane:
    """Begins with one request at a time; more, as long as the receiver takes them.

    Whoever fails gets one at a time: it is no use to hang by sixteen threads.
    """

    def __init__(self) -> None:
        self.under_way = 0
        self._at_once = 1
        self._lines: list[Line] = []  # those that nothing travels by, the last used at the end
        self._used_at = time.monotonic()

    @property
    def free(self) -> int:
        return max(0, self._at_once - self.under_way)

    @property
    def is_idle(self) -> bool:
        return not self.under_way and time.monotonic() - self._used_at > IDLE

    def begin(self) -> Line:
        """Return what the next request is to travel by."""
        self.under_way += 1
        return self._lines.pop() if self._lines else Line()

    def end(self, line: Line, most: int) -> None:
        """A request came back; `most` may be under way from now on, by and by."""
        self.under_way -= 1
        self._lines.append(line)
        self._at_once = min(self._at_once * 2, most)
        self._used_at = time.monotonic()

    def close(self) -> None:
        while self._lines:
            self._lines.pop().close()
