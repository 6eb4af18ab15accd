"""One deadline for every request to arrive whole, and a limit on how much it brings.

Who sends slower, or more, loses only that connection.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from itertools import takewhile
from time import monotonic
from typing import Any, Final

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# So many requests arrive at once only where somebody means harm, or everybody is in trouble:
# then those that take long are let go sooner, so that the others find room.
CROWD = 1_000
SECONDS_IN_A_CROWD = 3.0
_LOOK_SECONDS = 0.25


class TooSlow(Exception):
    """The request's body did not arrive in time."""


class CutOff(Exception):
    """The body ended before its end: the client went away, or sent chunks that are none."""


class TooMuch(Exception):
    """The body is larger than whoever answers would take; the rest of it is not read."""


class Deadline:
    """An application whose requests have `seconds` to arrive; what comes later is its own matter.

    Bodies have `most_bytes` at most, where the application does not look itself: Django keeps
    all of a body before anything of ours is asked. `receive` raises TooSlow, CutOff and TooMuch,
    which are answered here where the application does not answer them itself.
    """

    def __init__(
        self, application: Application, seconds: float, most_bytes: float = math.inf
    ) -> None:
        self._application = application
        self._seconds = seconds
        self._most_bytes = most_bytes
        self._arriving: dict[_Arrival, None] = {}  # the oldest first
        self._look: asyncio.TimerHandle | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        arrival = _Arrival(receive, self._arriving, self._most_bytes)
        self._arriving[arrival] = None
        if self._look is None:
            self._look = asyncio.get_running_loop().call_later(_LOOK_SECONDS, self._end_late)
        try:
            await self._application(scope, arrival.receive, send)
        except TooSlow:
            await _refuse(send, 408, b"The request came too slowly. Send it again.\n")
        except CutOff:
            await _refuse(send, 400, b"The request's body is cut off, or in bad chunks.\n")
        except TooMuch:
            await _refuse(send, 413, b"The request's body is too large.\n")
        finally:
            self._arriving.pop(arrival, None)

    def _end_late(self) -> None:
        is_crowd = len(self._arriving) > CROWD
        seconds = min(self._seconds, SECONDS_IN_A_CROWD) if is_crowd else self._seconds
        latest = monotonic() - seconds
        for arrival in list(takewhile(lambda each: each.since <= latest, self._arriving)):
            del self._arriving[arrival]
            arrival.end()
        self._look = None
        if self._arriving:
            self._look = asyncio.get_running_loop().call_later(_LOOK_SECONDS, self._end_late)


class _Arrival:
    """One request on its way in; it is among those arriving until its body is whole."""

    __slots__ = ("_among", "_is_late", "_left", "_receive", "_waiting", "since")

    def __init__(self, receive: Receive, among: "dict[_Arrival, None]", most_bytes: float) -> None:
        self.since = monotonic()
        self._left = most_bytes
        self._receive = receive
        self._among = among
        self._waiting: asyncio.Task[Any] | None = None
        self._is_late = False

    def end(self) -> None:
        self._is_late = True
        if self._waiting:
            self._waiting.cancel()

    async def receive(self) -> Mapping[str, Any]:
        if self._is_late:
            raise TooSlow
        if self not in self._among:
            return await self._receive()
        self._waiting = task = asyncio.current_task()
        try:
            message = await self._receive()
        except asyncio.CancelledError:
            is_ours = self not in self._among
            if is_ours and task and not task.uncancel():
                raise TooSlow from None
            raise
        finally:
            self._waiting = None
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise TooMuch
        if not message.get("more_body"):
            self._among.pop(self, None)
            if message["type"] == "http.disconnect":
                raise CutOff
        return message


_HEADERS: Final = ((b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close"))


async def _refuse(send: Send, status: int, body: bytes) -> None:
    headers = [*_HEADERS, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
