"""The chaos tests' mail server as its keeper sees it: started, asked, ended."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from tests.prove.chaos.certificates import authority_file
from tests.prove.chaos.sink import Manners


class Copy(NamedTuple):
    """One mail that was taken; `at` is of the monotonic clock, in seconds."""

    at: float
    recipient: str
    message_id: str
    token: str


class Account:
    """What one port took, read from its file as it grows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0
        self._lines = 0

    def count(self) -> int:
        with self._path.open("rb") as file:
            file.seek(self._read)
            more = file.read()
        self._read += len(more)
        self._lines += more.count(b"\n")
        return self._lines

    def copies(self) -> list[Copy]:
        lines = self._path.read_text().splitlines()
        return [Copy(float(at), *rest) for at, *rest in (line.split("\t") for line in lines)]


class MailServer:
    """One process with some ports."""

    def __init__(self, manners: Manners) -> None:
        self._manners = manners
        self._orders = threading.Lock()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.prove.chaos.sink", msgspec.json.encode(manners)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self.process.stdout
        self.ports: list[int] = json.loads(self.process.stdout.readline())
        folder = Path(manners.folder)
        self.accounts = [Account(folder / f"taken.{n}") for n in range(manners.listeners)]

    def url(self, number: int = 0) -> str:
        tls = "starttls" if self._manners.tls else "none"
        return f"smtp://127.0.0.1:{self.ports[number]}?tls={tls}"

    @property
    def trust(self) -> dict[str, str]:
        """What a client's environment needs to trust the server's certificate."""
        if not self._manners.tls:
            return {}
        return {"SSL_CERT_FILE": str(authority_file(Path(self._manners.folder)))}

    def hang_up(self, number: int) -> None:
        """Close all connections to a port, and return when they are closed."""
        with self._orders:
            assert self.process.stdin
            assert self.process.stdout
            self.process.stdin.write(f"hang up {number}\n".encode())
            self.process.stdin.flush()
            self.process.stdout.readline()

    def end(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@contextmanager
def mail_server(manners: Manners) -> Iterator[MailServer]:
    server = MailServer(manners)
    try:
        yield server
    finally:
        server.end()
