"""Postfix's own test programs: `smtp-sink`, which takes every mail, and `smtp-source`."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PLACES = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin"
MISSING = (
    "There is no {name}: install Postfix (on Debian: apt-get install postfix); it need not run."
)
BACKLOG = "1000"


@contextmanager
def smtp_sink(port: int) -> Iterator[None]:
    """Run one on that port of 127.0.0.1."""
    # It refuses to run as root, whom it would be given to.
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    sink = subprocess.Popen([program("smtp-sink"), *user, f"127.0.0.1:{port}", BACKLOG])
    try:
        _wait_for(port)
        yield
    finally:
        sink.terminate()
        sink.wait()


def smtp_source(port: int, content: bytes, folder: Path, *, mails: int, sessions: int) -> float:
    """Push one mail so often, over so many connections that stay open; return mails a second."""
    file = folder / "mail"
    file.write_bytes(content.replace(b"\r\n", b"\n"))
    addresses = ["-f", "surveys@acme.test", "-t", "c@example.com"]
    count = ["-d", "-m", str(mails), "-s", str(sessions), "-F", str(file)]
    began = time.perf_counter()
    subprocess.run([program("smtp-source"), *count, *addresses, f"127.0.0.1:{port}"], check=True)
    return mails / (time.perf_counter() - began)


def program(name: str) -> str:
    found = shutil.which(name, path=PLACES)
    if not found:
        raise SystemExit(MISSING.format(name=name))
    return found


def _wait_for(port: int, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise SystemExit("smtp-sink does not answer.")
