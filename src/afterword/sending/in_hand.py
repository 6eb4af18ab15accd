"""The mails that a route has in its hands: held, being handed over, and taken but not yet noted."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from uuid import UUID

from afterword.sending.lease import Held


class InHand:
    """Calls `on_idle` each time when nothing is left."""

    def __init__(self, on_idle: Callable[[], None]) -> None:
        self.held: dict[UUID, Held] = {}
        self._begun: set[UUID] = set()
        self._noting: set[asyncio.Future[bool]] = set()
        self._quiet = asyncio.Event()
        self._on_idle = on_idle

    @property
    def is_idle(self) -> bool:
        return not self.held and not self._noting

    def take(self, mails: Iterable[Held]) -> None:
        self._quiet.clear()
        self.held.update((held.id, held) for held in mails)

    def begin(self, held: Held) -> None:
        """Its body is about to go out."""
        self._begun.add(held.id)

    def offered(self) -> list[Held]:
        """Return those of which no body has gone out."""
        return [held for held in self.held.values() if held.id not in self._begun]

    def let_go(self, mail_id: UUID) -> None:
        """Its lease is renewed no more."""
        self.held.pop(mail_id, None)
        self._begun.discard(mail_id)
        self._tell_if_idle()

    def note(self, committed: "asyncio.Future[bool]") -> None:
        """Remember what is being committed until it is."""
        self._noting.add(committed)

    def noted(self, committed: "asyncio.Future[bool]") -> None:
        self._noting.discard(committed)
        self._tell_if_idle()

    async def wait_until_idle(self, seconds: float) -> None:
        """Wait for it, at most for so long."""
        if not self.is_idle:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._quiet.wait(), seconds)

    def _tell_if_idle(self) -> None:
        if self.is_idle:
            self._quiet.set()
            self._on_idle()
