"""Send the surveys that are due, over several connections at once."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from enum import Enum, auto
from functools import cache
from uuid import UUID, uuid4

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from afterword.core.together import Together
from afterword.mail.design import DesignRefused
from afterword.mail.letters import letter
from afterword.mail.message import MessageRefused
from afterword.mail.transports import Fault, Letter, Mailbox, NotSent, Smtp, Transport
from afterword.surveys import hand_over
from afterword.surveys.claim import LEASE, Held, claim_due, dismiss_if_needed, is_any_due, renew
from afterword.surveys.hand_over import Sent
from afterword.surveys.models import Survey

CONNECTIONS = 8  # to the mail server, for each worker process
CLAIM = 200  # surveys at a time
TURN = 5.0  # seconds after which the worker may see to other jobs
PATIENCE = 30.0  # seconds to wait for a database that went away after a mail was taken

log = logging.getLogger(__name__)


@cache
def office() -> "Office":
    """Return this process's office."""
    server = settings.CONFIGURATION.mail
    return Office(lambda: Smtp(server) if server else Mailbox(), CONNECTIONS)


class Ended(Enum):
    """Why a turn of sending ended."""

    NOTHING_DUE = auto()
    TURN_OVER = auto()
    SERVER_DOWN = auto()  # the next sweep tries again


class Office:
    """Sends mail for one worker process. Its connections stay open from one turn to the next."""

    def __init__(self, open_transport: Callable[[], Transport], connections: int) -> None:
        self.worker: UUID = uuid4()
        self._open_transport = open_transport
        self._own = threading.local()
        self._open = threading.Lock()
        self._connections = connections
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="mail")
        self._server_is_down = threading.Event()
        self._begin: Together[Held, bool] = Together(
            lambda held: hand_over.begin(held, timezone.now())
        )
        self._note_sent: Together[Sent, bool] = Together(
            lambda sent: hand_over.note_sent(sent, timezone.now())
        )

    def send_due(self) -> bool:
        """Send what is due; return whether there is more for another turn, soon."""
        while self._open.acquire(blocking=False):
            try:
                ended = self._send_for_a_turn()
            finally:
                self._open.release()
            # Whoever found the office busy gave up, so look once more now that it is not.
            if ended is not Ended.NOTHING_DUE or not is_any_due(timezone.now()):
                return ended is Ended.TURN_OVER
        return False

    def close(self) -> None:
        """Close the connections, and end the threads that hold them."""
        everyone = threading.Barrier(self._connections)
        list(self._threads.map(self._leave, [everyone] * self._connections))
        self._threads.shutdown()

    def _leave(self, everyone: threading.Barrier) -> None:
        everyone.wait()  # so that no thread leaves twice
        self._transport().withdraw()
        connection.close()

    def _send_for_a_turn(self) -> "Ended":
        ends = time.monotonic() + TURN
        if self._server_is_down.is_set() and not self._is_up_again():
            return Ended.SERVER_DOWN
        with self._renewing():
            while surveys := claim_due(self.worker, timezone.now(), CLAIM):
                list(self._threads.map(self._send_guarded, surveys))
                if self._server_is_down.is_set():
                    return Ended.SERVER_DOWN
                if time.monotonic() > ends:
                    return Ended.TURN_OVER
        return Ended.NOTHING_DUE

    def _is_up_again(self) -> bool:
        """Try the server before anything is claimed for it."""
        transport = self._open_transport()
        try:
            transport.connect()
        except NotSent:
            return False
        transport.withdraw()
        self._server_is_down.clear()
        return True

    def _send_guarded(self, survey: Survey) -> None:
        """A database that went away leaves the survey to its lease."""
        try:
            self._send(survey)
        except (OperationalError, InterfaceError) as error:
            log.warning("survey %s waits: the database is away (%s)", survey.id, type(error))
            connection.close()

    def _send(self, survey: Survey) -> None:
        held = Held(survey.id, survey.attempt)
        if self._server_is_down.is_set():
            hand_over.put_back(held)
            return
        try:
            ready = letter(survey, timezone.now())
            self._hand_over(held, ready)
        except (DesignRefused, MessageRefused) as refusal:
            hand_over.park(survey, str(refusal))
        except NotSent as problem:
            self._note_problem(survey, problem)

    def _hand_over(self, held: Held, ready: Letter) -> None:
        transport = self._transport()
        transport.offer(ready)
        if not self._begin(held):
            transport.withdraw()
            dismiss_if_needed(held, timezone.now())
            return
        reply = transport.hand_over(ready)
        self._insist(lambda: self._note_sent(Sent(*held, ready.subject, reply)))

    def _note_problem(self, survey: Survey, problem: NotSent) -> None:
        now = timezone.now()
        match problem.fault:
            case Fault.SERVER:
                self._report_down(problem.reply)
                hand_over.put_back(Held(survey.id, survey.attempt))
            case Fault.TEMPORARY:
                hand_over.try_later(survey, problem.reply, now)
            case Fault.RECIPIENT:
                hand_over.bounce(survey, problem.reply, now)
            case Fault.MESSAGE:
                hand_over.park(survey, problem.reply)
            case Fault.UNKNOWN:
                hand_over.leave_in_doubt(survey, problem.reply, now)

    def _report_down(self, words: str) -> None:
        if not self._server_is_down.is_set():
            self._server_is_down.set()
            log.warning("sending stops for now: %s", words)

    def _transport(self) -> Transport:
        if not hasattr(self._own, "transport"):
            self._own.transport = self._open_transport()
        transport: Transport = self._own.transport
        return transport

    def _insist(self, commit: Callable[[], object]) -> None:
        """Commit what the mail server said, through a restart of the database if need be.

        Without it the mail would be in doubt, and sent once more.
        """
        ends = time.monotonic() + PATIENCE
        while True:
            try:
                commit()
            except (OperationalError, InterfaceError):
                connection.close()
                if time.monotonic() > ends:
                    raise
                time.sleep(0.2)
            else:
                return

    @contextmanager
    def _renewing(self) -> Iterator[None]:
        """Renew the leases of what is held here, until all of it is done."""
        done = threading.Event()
        renewer = threading.Thread(target=self._renew_until, args=(done,), daemon=True)
        renewer.start()
        try:
            yield
        finally:
            done.set()
            renewer.join()

    def _renew_until(self, done: threading.Event) -> None:
        while not done.wait(LEASE.total_seconds() / 4):
            try:
                renew(self.worker, timezone.now())
            except (OperationalError, InterfaceError):
                connection.close()
        connection.close()
