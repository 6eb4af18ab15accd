"""How fast something goes, by the clock's seconds."""

import time


class Meter:
    """Counts what happens; its memory is a second."""

    def __init__(self) -> None:
        self._second = 0
        self._count = self._before = 0

    def count(self) -> None:
        second = int(time.monotonic())
        if second != self._second:
            self._before = self._count if second == self._second + 1 else 0
            self._second, self._count = second, 0
        self._count += 1

    def pace(self) -> int:
        """Return how many there were in the busier of this second and the last."""
        is_recent = int(time.monotonic()) - self._second <= 1
        return max(self._count, self._before) if is_recent else 0
