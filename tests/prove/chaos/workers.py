"""Worker processes that are killed, stopped and asked to end, and always started again."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

SECONDS_TO_END = 60
SECONDS_TO_START = 2
WORKER = ("-m", "afterword", "worker")


def environment(data: Path, database_url: str, mail_url: str, **more: str) -> dict[str, str]:
    """The environment of Afterword's own processes: nothing of the tests' settings in it."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if "AFTERWORD" not in name and not name.startswith(("DJANGO", "FAILPOINT"))
    }
    return {
        **kept,
        "AFTERWORD_DATA": str(data),
        "AFTERWORD_DATABASE_URL": database_url,
        "AFTERWORD_MAIL_URL": mail_url,
        **more,
    }


class Worker:
    """One place for a worker, and the process that has it now."""

    def __init__(
        self, name: str, command: Sequence[str], environment: dict[str, str], room: Path
    ) -> None:
        self.name = name
        self.command = [sys.executable, *command]
        self.environment = environment
        self._log = (room / f"{name}.log").open("ab")
        self.wakes_at = 0.0  # while it is stopped
        self.is_asked_to_end = False
        self.statuses: list[int] = []
        self.start()

    def start(self) -> None:
        self._started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
        )

    def tend(self) -> None:
        """Wake it if it slept long enough; start another one if it ended."""
        if self.wakes_at and time.monotonic() >= self.wakes_at:
            self.process.send_signal(signal.SIGCONT)
            self.wakes_at = 0.0
        if (status := self.process.poll()) is not None:
            self.statuses.append(status)
            self.is_asked_to_end = False
            self.start()

    def is_at_work(self, port: int) -> bool:
        """Whether it is connected to the mail server at `port`, and nothing is done to it yet."""
        if self.wakes_at or self.is_asked_to_end or self.process.poll() is not None:
            return False
        with suppress(psutil.Error):
            return any(
                each.raddr and each.raddr.port == port and each.status == psutil.CONN_ESTABLISHED
                for each in psutil.Process(self.process.pid).net_connections("tcp4")
            )
        return False

    def is_back(self) -> bool:
        """Whether the one that was asked to end has ended, and its successor had time to start."""
        return not self.is_asked_to_end and time.monotonic() - self._started_at > SECONDS_TO_START

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def pause(self, seconds: float) -> None:
        self.process.send_signal(signal.SIGSTOP)
        self.wakes_at = time.monotonic() + seconds

    def ask_to_end(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.is_asked_to_end = True

    def end(self, *, at_once: bool = False) -> None:
        """End it for good."""
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        try:
            self.process.wait(0 if at_once else SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self.kill()
        self._log.close()


class Workers:
    """Several, each in its place."""

    def __init__(self, count: int, make: Callable[[int], Worker]) -> None:
        self.places = [make(number) for number in range(count)]

    def tend(self) -> None:
        for worker in self.places:
            worker.tend()

    @property
    def are_awake(self) -> bool:
        return not any(worker.wakes_at for worker in self.places)

    def one_at_work(self, port: int, chance: random.Random) -> Worker | None:
        at_work = [worker for worker in self.places if worker.is_at_work(port)]
        return chance.choice(at_work) if at_work else None

    def end(self) -> None:
        for worker in self.places:
            with suppress(ProcessLookupError):
                worker.process.send_signal(signal.SIGCONT)
                worker.process.terminate()
        for worker in self.places:
            worker.end()
