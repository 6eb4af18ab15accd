"""Send the surveys that are due, over several connections at once.

One event loop serves all the connections of a worker process: most of sending is waiting, for the
mail server and for commits.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from enum import Enum, auto
from functools import cache, partial
from typing import Any
from uuid import UUID, uuid4

import uvloop
from django.conf import settings
from django.utils import timezone

from afterword.mail.ledger import DATABASE_AWAY, Desk, Ledger
from afterword.mail.letters import letter
from afterword.mail.transports import Fault, Letter, Mailbox, NotSent, Smtp, Transport
from afterword.surveys import hand_over
from afterword.surveys.claim import LEASE, Held, claim_due, dismiss_if_needed, is_any_due, renew
from afterword.surveys.hand_over import Sent
from afterword.surveys.models import Survey

CONNECTIONS = 32  # to the mail server, at most, for each worker process; commits are shared by all
CLAIM = 100  # surveys at a time; the next are claimed while these are sent
TURN = 5.0  # seconds after which the worker may see to other jobs

log = logging.getLogger(__name__)


class Ended(Enum):
    """Why a turn of sending ended."""

    NOTHING_DUE = auto()
    TURN_OVER = auto()
    SERVER_DOWN = auto()  # the next sweep tries again


@cache
def office() -> "Office":
    """Return this process's office."""
    server = settings.CONFIGURATION.mail
    return Office(lambda desk: Smtp(server) if server else Mailbox(desk.do), CONNECTIONS)


class Office:
    """Sends mail for one worker process. Its connections stay open from one turn to the next."""

    def __init__(self, open_transport: Callable[[Desk], Transport], connections: int) -> None:
        self._worker: UUID = uuid4()
        self._open_transport = open_transport
        self._is_open = threading.Lock()
        self._loop = uvloop.new_event_loop()
        self._ledger = Ledger()
        self._desk = Desk("claims")
        self._transports = [open_transport(self._desk) for _ in range(connections)]
        self._server_is_down = False

    def send_due(self) -> bool:
        """Send what is due; return whether there is more for another turn, soon."""
        while self._is_open.acquire(blocking=False):
            try:
                ended = self._loop.run_until_complete(self._send_for_a_turn())
            finally:
                self._is_open.release()
            # Whoever found the office busy gave up, so look once more now that it is not.
            if ended is not Ended.NOTHING_DUE or not is_any_due(timezone.now()):
                return ended is Ended.TURN_OVER
        return False

    def close(self) -> None:
        """Close the connections, and end the threads."""
        for transport in self._transports:
            self._loop.run_until_complete(transport.withdraw())
        self._ledger.close()
        self._desk.close()
        self._loop.close()

    async def _send_for_a_turn(self) -> Ended:
        ends = time.monotonic() + TURN
        # What a fault left behind in an earlier turn is not renewed, so that its lease runs out.
        self._worker = uuid4()
        if self._server_is_down and not await self._is_up_again():
            return Ended.SERVER_DOWN
        renewing = asyncio.create_task(self._renew())
        try:
            return await self._send_until(ends)
        finally:
            renewing.cancel()
            with suppress(asyncio.CancelledError):
                await renewing

    async def _send_until(self, ends: float) -> Ended:
        """Send claim after claim; the next claim is made while one is sent."""
        surveys = await self._claim()
        while surveys:
            is_last = time.monotonic() > ends
            sending = asyncio.create_task(self._send_all(surveys))
            try:
                following = [] if is_last else await self._claim()
            finally:
                await sending
            if self._server_is_down:
                await self._send_all(following)  # which puts them back
                return Ended.SERVER_DOWN
            if is_last:
                return Ended.TURN_OVER
            surveys = following
        return Ended.NOTHING_DUE

    async def _claim(self) -> list[Survey]:
        return await self._desk.do(partial(claim_due, self._worker, timezone.now(), CLAIM))

    async def _send_all(self, surveys: list[Survey]) -> None:
        """Send over all connections, one mail at a time on each."""
        waiting = deque(surveys)
        await _all(*(self._send_over(transport, waiting) for transport in self._transports))
        for survey in waiting:
            await self._desk.do(partial(hand_over.put_back, _held(survey)))

    async def _send_over(self, transport: Transport, waiting: deque[Survey]) -> None:
        """Send what waits, until none does or the server refuses the connection."""
        while waiting and not self._server_is_down:
            survey = waiting.popleft()
            try:
                await self._send(transport, survey)
            except DATABASE_AWAY as error:
                log.warning("survey %s waits for its lease: %s", survey.id, error)
                await transport.withdraw()
            except NotSent as problem:  # the server's own trouble; the mail's are noted
                waiting.append(survey)
                self._note_refused_connection(problem.reply)
                return

    async def _send(self, transport: Transport, survey: Survey) -> None:
        try:
            ready = letter(survey, timezone.now())
        except ValueError as refusal:  # DesignRefused, MessageRefused, or text nobody foresaw
            await self._desk.do(partial(hand_over.park, survey, str(refusal)))
            return
        try:
            await self._hand_over(transport, ready)
        except NotSent as problem:
            if problem.fault is Fault.SERVER:
                raise
            await self._desk.do(partial(_note_problem, survey, problem))

    async def _hand_over(self, transport: Transport, ready: Letter) -> None:
        held = _held(ready.survey)
        await transport.offer(ready)
        if not await self._ledger.begin(held):
            await transport.withdraw()
            await self._desk.do(partial(dismiss_if_needed, held, timezone.now()))
            return
        reply = await transport.hand_over(ready)
        await self._ledger.note_sent(Sent(*held, ready.subject, reply))

    def _note_refused_connection(self, words: str) -> None:
        """Many servers allow fewer connections than we would like: then the others go on."""
        if any(transport.is_connected for transport in self._transports):
            return
        if not self._server_is_down:
            self._server_is_down = True
            log.warning("sending stops for now: %s", words)

    async def _is_up_again(self) -> bool:
        """Try the server before anything is claimed for it."""
        try:
            await self._transports[0].connect()
        except NotSent:
            return False
        self._server_is_down = False
        return True

    async def _renew(self) -> None:
        """Renew the leases of what is held here, until all of it is done."""
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 4)
            with suppress(*DATABASE_AWAY):
                await self._desk.do(lambda: renew(self._worker, timezone.now()))


async def _all(*work: Coroutine[Any, Any, None]) -> None:
    """Let all of it end before anything that went wrong is raised: mails are on their way."""
    for outcome in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


def _held(survey: Survey) -> Held:
    return Held(survey.id, survey.attempt)


def _note_problem(survey: Survey, problem: NotSent) -> None:
    now = timezone.now()
    match problem.fault:
        case Fault.TEMPORARY:
            hand_over.try_later(survey, problem.reply, now)
        case Fault.RECIPIENT:
            hand_over.bounce(survey, problem.reply, now)
        case Fault.MESSAGE:
            hand_over.park(survey, problem.reply)
        case Fault.UNKNOWN:
            hand_over.leave_in_doubt(survey, problem.reply, now)
