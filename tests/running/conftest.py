"""A real `afterword up` in a folder of its own, ended whatever happens."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from afterword.running.places import SYSTEM_FOLDER, cluster_of
from tests.migrated import give_tables

SECONDS_TO_START = 180  # a new data folder takes its time on a busy machine
AFTERWORD = [sys.executable, "-m", "afterword"]


class Up:
    """One `afterword up`."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.data = data
        self.port = free_port()
        self.log = data.parent / f"{data.name}.{self.port}.log"
        kept = {name: value for name, value in os.environ.items() if "AFTERWORD" not in name}
        self.environment = {
            **kept,
            "AFTERWORD_DATA": str(data),
            "AFTERWORD_BIND": f"127.0.0.1:{self.port}",
            **settings,
        }
        self.family: set[psutil.Process] = set()
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*AFTERWORD, "up"],
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )

    def wait_ready(self) -> "Up":
        wait_until(lambda: self.answers() or self.process.poll() is not None, SECONDS_TO_START)
        assert self.process.poll() is None, self.said()
        self.meet()
        return self

    def answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as client:
            client.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return client.recv(64).startswith(b"HTTP/1.1 200")
        return False

    def meet(self) -> set[psutil.Process]:
        """Return the processes below this one, and remember them."""
        with suppress(psutil.NoSuchProcess):
            self.family |= set(psutil.Process(self.process.pid).children(recursive=True))
        return {each for each in self.family if is_alive(each)}

    def processor_seconds(self) -> float:
        """What it and the processes below it have taken of the processor, those that ended too."""
        taken = 0.0
        for each in {psutil.Process(self.process.pid), *self.meet()}:
            with suppress(psutil.NoSuchProcess):
                taken += sum(each.cpu_times()[:4])
        return taken

    def child(self, name: str) -> psutil.Process | None:
        """Return the direct child of that name: web, worker or postgres."""
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess):
                line = child.cmdline()
                if name in line or (line and Path(line[0]).name == name):
                    return child
        return None

    def kill(self, name: str) -> None:
        """Kill that child and wait until it was noticed and another one took its place."""
        killed = self.child(name)
        assert killed is not None
        killed.kill()
        wait_until(lambda: f"{name} ended with status -9" in self.said())
        wait_until(lambda: self.child(name) not in {None, killed})
        self.meet()

    def said(self) -> str:
        return self.log.read_text()

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run another command on the same folder."""
        return subprocess.run(
            [*AFTERWORD, *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def end(self) -> None:
        """End it as a person would, or the hard way."""
        self.meet()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(40)
        for each in [*self.meet()]:
            with suppress(psutil.NoSuchProcess):
                each.kill()
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


def is_alive(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def wait_until(condition: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def forget(data: Path) -> None:
    """Remove a data folder and its cluster, wherever that is."""
    apart = cluster_of(data).parent
    if apart.is_relative_to(SYSTEM_FOLDER / "instances"):
        shutil.rmtree(apart, ignore_errors=True)


@pytest.fixture(scope="module")
def room() -> Iterator[Path]:
    """A folder that every user may pass through."""
    room = Path(tempfile.mkdtemp(prefix="afterword-"))
    room.chmod(0o711)
    yield room
    for data in room.iterdir():
        if data.is_dir():
            forget(data)
    shutil.rmtree(room)


@pytest.fixture(scope="module")
def shared_up(room: Path) -> Iterator[Up]:
    """One that several tests use, each of which leaves it well."""
    give_tables(room / "shared")
    up = Up(room / "shared").wait_ready()
    yield up
    up.end()


@pytest.fixture
def start(room: Path) -> Iterator[Callable[..., Up]]:
    """Starts one on a data folder, by name or path; a new one has its tables already."""
    started: list[Up] = []

    def start(name: str | Path, *, has_tables: bool = True, **settings: str) -> Up:
        if has_tables and not (room / name).exists():
            give_tables(room / name)
        started.append(Up(room / name, **settings))
        return started[-1]

    yield start
    for up in started:
        up.end()
