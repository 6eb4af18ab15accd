"""The one place where any mistake is survived, so that a loop goes on for everybody else.

One mail or delivery that nobody can compose, or one look that fails, must not end everybody's
sending. The log has where it happened; what it held fails, or waits for its lease.
"""

import logging
from types import TracebackType
from typing import Self

log = logging.getLogger(__name__)


class Survived:
    """`with Survived("mail %s waits", id_) as work`: afterwards `work.error` is what went wrong."""

    def __init__(self, words: str, *args: object) -> None:
        self.error: Exception | None = None
        self._words, self._args = words, args

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        """Being cancelled or told to exit is no mistake: those pass."""
        if not isinstance(error, Exception):
            return False
        log.error(self._words, *self._args, exc_info=error)
        self.error = error
        return True
