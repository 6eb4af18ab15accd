"""Servers to measure, each in processes of its own on a free port."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

# As `afterword web` sets Granian up.
_GRANIAN = ("-m", "granian", "--interface", "asgi", "--loop", "uvloop", "--http", "1", "--no-ws")
_LIMITS = ("--backlog", "2048", "--backpressure", "2048", "--log-level", "error")


@contextmanager
def bare(processes: int) -> Iterator[int]:
    """The least that an ASGI application can do, on the same server; yields its port."""
    port = free_port()
    options = ("--port", str(port), "--workers", str(processes), "bench.bare:app")
    with running([*_GRANIAN, *_LIMITS, *options], port, {}):
        yield port


@contextmanager
def afterword_web(processes: int) -> Iterator[int]:
    """`afterword web` on the database of AFTERWORD_DATABASE_URL; yields its port."""
    port = free_port()
    environment = {
        "AFTERWORD_BIND": f"127.0.0.1:{port}",
        "AFTERWORD_WEB_PROCESSES": str(processes),
    }
    with running(["-m", "afterword", "web"], port, environment):
        yield port


@contextmanager
def afterword_workers(processes: int) -> Iterator[None]:
    """So many `afterword worker` on that database, once all of them look for jobs."""
    from django.db import connection

    workers = [
        subprocess.Popen([sys.executable, "-m", "afterword", "worker"]) for _ in range(processes)
    ]
    try:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_workers")
            while True:
                assert all(worker.poll() is None for worker in workers), "a worker died"
                cursor.execute("SELECT count(*) FROM procrastinate_workers")
                if cursor.fetchone() == (processes,):
                    break
                time.sleep(0.1)
        yield
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(60)


@contextmanager
def running(command: Sequence[str], port: int, environment: dict[str, str]) -> Iterator[None]:
    """Run Python with `command` for as long as the block, once it takes connections."""
    server = subprocess.Popen(
        [sys.executable, *command],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, server)
        yield
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def wait_for(port: int, server: "subprocess.Popen[bytes]", seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while server.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            time.sleep(1)  # for all of its processes
            return
        time.sleep(0.1)
    raise SystemExit(f"The server did not start: {server.args!r}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
