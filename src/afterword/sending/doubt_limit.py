"""Limits how many mails are in doubt: between the commit before a body and its answer."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

# One connection in so many may be there at a time: that is what is in doubt when this worker is
# killed. The others go as far as the server's go-ahead.
CONNECTIONS_A_TURN = 4
SLOW = 0.1  # seconds after which a turn that is not over makes room for another


class DoubtLimit:
    def __init__(self, connections: int) -> None:
        self._free = asyncio.Semaphore(max(1, connections // CONNECTIONS_A_TURN))

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[None]:
        await self._free.acquire()
        has_made_room = False

        def make_room() -> None:
            nonlocal has_made_room
            if not has_made_room:
                has_made_room = True
                self._free.release()

        slow = asyncio.get_running_loop().call_later(SLOW, make_room)
        try:
            yield
        finally:
            slow.cancel()
            make_room()
