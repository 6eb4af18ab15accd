"""One program under the supervisor: started, read line by line, and started again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO

from afterword.running.accounts import Account
from afterword.running.logs import log_of
from afterword.running.parenthood import dying_with_parent

FIRST_WAIT = 0.2
LONGEST_WAIT = 10.0
HEALTHY_AFTER = 60.0
LONGEST_LINE = 64 * 1024


@dataclass(frozen=True)
class Program:
    """What to run; `may_start` holds a start back until it is true."""

    name: str
    command: list[str]
    environment: dict[str, str]
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    may_start: Callable[[], bool] = lambda: True
    kills_group: bool = True
    said: Callable[[str], None] | None = None  # takes standard output's lines, else they are logged


def own_program(
    name: str,
    *command: str,
    environment: Mapping[str, str] = os.environ,
    may_start: Callable[[], bool] = lambda: True,
    said: Callable[[str], None] | None = None,
) -> Program:
    """Return one of Afterword's own commands as a program."""
    words = [sys.executable, "-P", "-m", "afterword", *command]
    return Program(name, words, dict(environment), may_start=may_start, said=said)


def worker_names(count: int) -> list[str]:
    return ["worker", *(f"worker-{number}" for number in range(2, count + 1))]


@dataclass
class Stream:
    """A pipe that is read line by line."""

    pipe: IO[bytes]
    sink: Callable[[str], None]
    kept: bytes = b""
    ended: bool = False

    def read(self) -> None:
        """Pass on the whole lines that have come."""
        more = os.read(self.pipe.fileno(), 65536)
        *lines, self.kept = (self.kept + more).split(b"\n")
        if self.kept and (not more or len(self.kept) > LONGEST_LINE):
            lines, self.kept = [*lines, self.kept], b""
        for line in lines:
            self.sink(line.decode(errors="replace").rstrip("\r"))
        if not more:
            self.ended = True
            self.pipe.close()


@dataclass
class Child:
    """A program's process, the one that runs now or the last one."""

    program: Program
    due_at: float = 0.0
    wait: float = FIRST_WAIT
    started_at: float = 0.0
    process: subprocess.Popen[bytes] | None = None
    streams: list[Stream] = field(default_factory=list)

    def start(self) -> None:
        """Start the process, in a session of its own: Ctrl-C reaches the supervisor only.

        Called in the main thread, whose end would be the parent's death for the kernel.
        """
        program = self.program
        self.process = subprocess.Popen(
            program.command,
            env=program.environment,
            cwd="/" if program.account else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if program.said is None else subprocess.PIPE,
            start_new_session=True,
            preexec_fn=dying_with_parent(program.death_signal),  # noqa: PLW1509  (no threads here)
            **(program.account.popen if program.account else {}),
        )
        self.started_at = time.monotonic()
        log = log_of(program.name)
        pipes = ((self.process.stdout, program.said or log), (self.process.stderr, log))
        self.streams = [Stream(pipe, sink) for pipe, sink in pipes if pipe is not None]

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def postpone(self) -> float:
        """Set when to start again and return the seconds until then: longer each time, until
        the program has been well for a while.
        """
        now = time.monotonic()
        if now - self.started_at > HEALTHY_AFTER:
            self.wait = FIRST_WAIT
        wait, self.wait = self.wait, min(self.wait * 2, LONGEST_WAIT)
        self.due_at = now + wait
        return wait

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.program.stop_signal)

    def kill(self) -> None:
        """End what is left: the process and those it started in its session."""
        if self.process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            if self.program.kills_group:
                os.killpg(self.process.pid, signal.SIGKILL)
            elif self.process.poll() is None:
                self.process.kill()
