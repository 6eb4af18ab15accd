"""Keeps programs running and gathers what they say; one thread, no framework."""

import logging
import os
import selectors
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import FrameType

from afterword.running.programs import Child, Program, Stream

logger = logging.getLogger("afterword.up")
TICK = 0.05
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
IMPATIENT = 2  # asked to stop this many times more, it kills


class Stopped(Exception):
    """Somebody asked for the end."""


class Supervisor:
    """Runs programs as children and starts each again when it ends."""

    def __init__(self) -> None:
        self._stops_asked = 0
        self._children: list[Child] = []
        self._selector = selectors.DefaultSelector()
        self._wake, wake_up = os.pipe()
        for end in (self._wake, wake_up):
            os.set_blocking(end, False)
        self._selector.register(self._wake, selectors.EVENT_READ)
        signal.set_wakeup_fd(wake_up, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in STOP_SIGNALS:
            signal.signal(number, self._ask_to_stop)

    def keep(self, program: Program) -> Child:
        """Run the program, and again whenever it ends."""
        child = Child(program)
        self._children.append(child)
        self._start_due()
        return child

    def run_once(self, program: Program) -> int:
        """Run the program to its end and return its exit status; raises Stopped if asked to."""
        child = Child(program)
        self._start(child)
        try:
            self.until(lambda: not child.is_running())
        finally:
            child.kill()
        self._hear_out([child])
        return child.process.wait() if child.process else 0

    def until(self, condition: Callable[[], bool]) -> None:
        """Go on until the condition holds; raises Stopped if asked to stop before."""
        while not condition():
            self._go_on(TICK)

    def forever(self) -> None:
        """Go on until asked to stop, which raises Stopped."""
        while True:
            self._go_on(self._seconds_to_next_start())

    def stop(self, children: Iterable[Child], seconds: float) -> None:
        """Ask the programs to end; kill those that have not after that time."""
        ending = list(children)
        self._children = [child for child in self._children if child not in ending]
        for child in ending:
            child.stop()
        impatient, deadline = self._stops_asked + IMPATIENT, time.monotonic() + seconds
        while any(child.is_running() for child in ending):
            self._pump(TICK)
            if time.monotonic() > deadline or self._stops_asked >= impatient:
                break
        for child in ending:
            if child.is_running():
                logger.warning("%s did not end when asked and is killed", child.program.name)
            child.kill()
            if child.process is not None:
                child.process.wait()
        self._hear_out(ending)

    def _go_on(self, timeout: float | None) -> None:
        self._pump(timeout)
        if self._stops_asked:
            raise Stopped
        self._notice_ends()
        self._start_due()

    def _notice_ends(self) -> None:
        for child in self._children:
            if child.process is None or child.is_running():
                continue
            how = child.process.returncode
            wait = child.postpone()
            name = child.program.name
            logger.error("%s ended with status %s, starts again in %.1f s", name, how, wait)
            child.kill()
            child.process = None

    def _start_due(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.process is None and child.due_at <= now and child.program.may_start():
                self._start(child)

    def _start(self, child: Child) -> None:
        child.start()
        for stream in child.streams:
            self._selector.register(stream.pipe, selectors.EVENT_READ, stream)

    def _seconds_to_next_start(self) -> float | None:
        waiting = [child.due_at for child in self._children if child.process is None]
        return max(TICK, min(waiting) - time.monotonic()) if waiting else None

    def _pump(self, timeout: float | None) -> None:
        """Wait for something to happen and pass on what the children say."""
        for key, _ in self._selector.select(timeout):
            if key.data is None:
                with suppress(BlockingIOError):
                    os.read(self._wake, 4096)
            else:
                self._read(key.data)

    def _read(self, stream: Stream) -> None:
        number = stream.pipe.fileno()
        stream.read()
        if stream.ended:
            self._selector.unregister(number)

    def _hear_out(self, children: Iterable[Child]) -> None:
        """Pass on the last words of programs that have ended."""
        deadline = time.monotonic() + 1
        for child in children:
            while not all(stream.ended for stream in child.streams) and time.monotonic() < deadline:
                self._pump(TICK)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stops_asked += 1
