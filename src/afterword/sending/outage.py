"""A mail server that is down, and the looks for it until it is up again."""

import asyncio
import logging
from collections.abc import Callable

from afterword.mail.ways.way import NotSent, Transport

WAITS = [1, 2, 5, 10, 20, 30]  # seconds until it is looked for again; the last stays

log = logging.getLogger(__name__)


class Outage:
    """The outages of one server. A mail that it takes makes the next wait a short one again."""

    def __init__(
        self, name: str, open_transport: Callable[[], Transport], on_end: Callable[[], None]
    ) -> None:
        self.is_on = False
        self._name = name
        self._open_transport = open_transport
        self._on_end = on_end
        self._failures = 0
        self._looking: asyncio.Task[None] | None = None

    def begin(self, words: str) -> None:
        """Look for the server from now on; `words` say what is wrong with it."""
        self.is_on = True
        wait = self._next_wait()
        log.warning("%s: sending stops for %s s: %s", self._name, wait, words)
        self._looking = asyncio.create_task(self._look(wait))

    def took_mail(self) -> None:
        self._failures = 0

    def close(self) -> None:
        if self._looking:
            self._looking.cancel()

    async def _look(self, wait: float) -> None:
        while True:
            await asyncio.sleep(wait)
            probe = self._open_transport()
            try:
                await probe.connect()
            except NotSent:
                wait = self._next_wait()
                continue
            await probe.withdraw()
            self.is_on = False
            self._on_end()
            return

    def _next_wait(self) -> float:
        wait = WAITS[min(self._failures, len(WAITS) - 1)]
        self._failures += 1
        return wait
