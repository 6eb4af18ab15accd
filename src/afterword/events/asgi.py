"""The ingest fast path as a plain ASGI application beside Django, and the work behind it."""

import asyncio
import logging
from contextlib import suppress
from uuid import UUID

import psycopg

from afterword.core.jobs import WAKE_TAKE_UP_SQL
from afterword.core.line import Line, conninfo
from afterword.events.door import Door
from afterword.events.inbox import Inbox
from afterword.events.listening import Listening
from afterword.events.sources.segment.replies import AWAY
from afterword.events.tally import Tally
from afterword.web.deadline import Receive, Scope, Send
from afterword.workspaces.models import hash_token

logger = logging.getLogger(__name__)

_STOP_SECONDS = 10


class Ingest:
    """A door and the work behind it, from startup to shutdown."""

    def __init__(self, conninfo: str) -> None:
        self._line = Line(conninfo, "ingest")
        self._listening = Listening(conninfo, self._line, hash_token)
        self._inbox = Inbox(conninfo, self._line, self._wake)
        self._tally = Tally(self._line)
        self.door = Door(self._listening, self._inbox, self._tally)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to work. A database that is away is no reason not to start: it is answered so."""
        for work in (
            self._listening.keep_fresh(),
            self._listening.keep_listening(),
            self._inbox.keep_committing(),
            self._tally.keep_flushing(),
        ):
            task = asyncio.create_task(work)
            task.add_done_callback(self._note_end)
            self._tasks.append(task)
        with suppress(psycopg.Error):
            await self._listening.refresh()

    async def stop(self) -> None:
        """Finish what was accepted; what cannot be written within seconds is given up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_STOP_SECONDS):
                await self._inbox.drain()
                with suppress(psycopg.Error):
                    await self._tally.flush()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._line.close()

    async def _wake(self, workspaces: set[UUID]) -> None:
        for workspace_id in workspaces:
            await self._line.run(WAKE_TAKE_UP_SQL, (str(workspace_id),))

    def _note_end(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()):
            logger.critical("Ingest stopped working", exc_info=error)


_ingest: Ingest | None = None


async def startup() -> None:
    global _ingest  # noqa: PLW0603  (one per process, like the loop it runs on)
    _ingest = Ingest(conninfo())
    await _ingest.start()


async def shutdown() -> None:
    if _ingest is not None:
        await _ingest.stop()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request under /v1/; 503 before startup."""
    if _ingest is None:
        await send(AWAY.start)
        await send(AWAY.body)
    else:
        await _ingest.door(scope, receive, send)
