"""The embedded PostgreSQL: found, started for a while, and stopped."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from afterword.configuration import Configuration
from afterword.running.accounts import Account
from afterword.running.binaries import binaries_for, runnable
from afterword.running.cluster import make_cluster, write_settings
from afterword.running.errors import CannotRun
from afterword.running.lock import is_held, only_one
from afterword.running.parenthood import dying_with_parent
from afterword.running.places import SOCKET_NAME, SYSTEM_FOLDER, cluster_of, settle, url_of

NO_DATABASE = "There is no database: start `afterword up` or set AFTERWORD_DATABASE_URL."
FAST_SHUTDOWN = signal.SIGINT
SECONDS_TO_STOP = 120
SECONDS_TO_BE_FREE = 60


@dataclass(frozen=True)
class Postgres:
    """A cluster that is ready to be started with `command`, as `account`."""

    cluster: Path
    url: str
    command: list[str]
    account: Account

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the caller's: a stray PGPORT or LC_ALL would change the server."""
        return {"LC_ALL": "C", "PATH": os.defpath}

    def is_ready(self) -> bool:
        return _answering(self.cluster) is not None

    def is_free(self) -> bool:
        """Whether no process of an earlier server is left in the cluster.

        After a crash PostgreSQL refuses to start while one is; each is told to end. A pid file
        whose server is gone is removed: its number may be another program's by now.
        """
        left = _processes_in(self.cluster)
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(
                    pid, FAST_SHUTDOWN if pid == _recorded_pid(self.cluster) else signal.SIGTERM
                )
        if not left and Path("/proc/self/cwd").exists():
            (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        return not left


def embedded(data: Path) -> Postgres:
    """Return the data folder's PostgreSQL, its cluster made on first use; raises CannotRun.

    The caller holds the folder's lock.
    """
    place = settle(data)
    binaries = runnable(binaries_for(place.cluster), place.account, SYSTEM_FOLDER)
    if not place.cluster.exists():
        make_cluster(place.cluster, binaries, place.account)
    write_settings(place.cluster, binaries, place.account)
    command = [binaries.program("postgres"), "-D", str(place.cluster), "-p", "5432"]
    command += ["-k", str(place.sockets)]
    return Postgres(place.cluster, url_of(place.sockets), command, place.account)


def running_url(data: Path) -> str | None:
    """Return the address of the data folder's PostgreSQL if it is running."""
    sockets = _answering(cluster_of(data))
    return url_of(sockets) if sockets else None


@contextmanager
def database(configuration: Configuration, start: bool = True) -> Iterator[str]:
    """Yield the address of the database: the one given, or the embedded one that is running.

    Where neither is, it is started for the time if `start` says so; otherwise raises CannotRun.
    """
    url = configuration.database_url or _url_soon(configuration.data)
    if url is not None:
        yield url
    elif not start:
        raise CannotRun(NO_DATABASE)
    else:
        with only_one(configuration.data):
            postgres = embedded(configuration.data)
            with _started(postgres):
                yield postgres.url


def _url_soon(data: Path) -> str | None:
    """Return the address as `running_url` does, waiting for one who has just begun to start."""
    deadline = time.monotonic() + SECONDS_TO_BE_FREE
    while (url := running_url(data)) is None and is_held(data) and time.monotonic() < deadline:
        time.sleep(0.1)
    return url


@contextmanager
def _started(postgres: Postgres) -> Iterator[None]:
    _wait(postgres.is_free, SECONDS_TO_BE_FREE, "An earlier PostgreSQL does not end.")
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            postgres.command,
            env=postgres.environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for the command, which then stops the server
            preexec_fn=dying_with_parent(FAST_SHUTDOWN),  # noqa: PLW1509  (no threads yet)
            **postgres.account.popen,
        )
        try:
            while not postgres.is_ready():
                if process.poll() is not None:
                    log.seek(0)
                    said = log.read().decode(errors="replace").strip()
                    raise CannotRun(f"PostgreSQL did not start: {said}")
                time.sleep(0.02)
            yield
        finally:
            process.send_signal(FAST_SHUTDOWN)
            process.wait(SECONDS_TO_STOP)


def _wait(condition: Callable[[], bool], seconds: float, otherwise: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise CannotRun(otherwise)
        time.sleep(0.05)


def _answering(cluster: Path) -> Path | None:
    """Return the socket folder of the cluster's server if it takes connections.

    The lines of postmaster.pid: https://www.postgresql.org/docs/18/storage-file-layout.html
    """
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, PermissionError):
        return None
    if len(lines) < 8 or lines[7].strip() != "ready":
        return None
    folder = Path(lines[4])
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(folder / SOCKET_NAME))
        except OSError:
            return None
    return folder


def _recorded_pid(cluster: Path) -> int | None:
    try:
        return int((cluster / "postmaster.pid").read_text().split(maxsplit=1)[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def _processes_in(cluster: Path) -> list[int]:
    """Return the server processes in the cluster's folder, where all of them work."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            name = (process / "comm").read_text().strip()
            if name == "postgres" and (process / "cwd").readlink() == cluster:
                found.append(int(process.name))
    return found
