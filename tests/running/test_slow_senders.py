"""Whoever sends slowly, or never, loses that connection, and nobody else notices."""

import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.migrated import give_tables
from tests.running.conftest import Up

SILENT = 2_100
SECONDS = 4  # for a request
EVENT = b"POST /v1/track HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n"
FORM = (
    b"POST /accounts/login/ HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
)
CHUNKS = b"POST %s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nZZZ\r\n"
TARGETS = [b"/v1/track", b"/accounts/login/"]


@pytest.fixture(scope="module")
def up(room: Path) -> Iterator[Up]:
    """One that waits SECONDS for a request."""
    give_tables(room / "slow")
    up = Up(room / "slow", AFTERWORD_REQUEST_SECONDS=str(SECONDS)).wait_ready()
    yield up
    up.end()


@pytest.fixture
def many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = SILENT + 500
    if hard != resource.RLIM_INFINITY and hard < wanted:
        pytest.skip("this system does not let a process have so many connections")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def connect(up: Up, said: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", up.port), 20)
    connection.sendall(said)
    return connection


def status(connection: socket.socket) -> bytes:
    return connection.recv(4096).partition(b"\r\n")[0].partition(b" ")[2][:3]


def test_slow_senders_lose_their_connections_and_nobody_else_does(up: Up, many_files: None):
    with ExitStack() as stack, httpx.Client(base_url=f"http://127.0.0.1:{up.port}") as other:
        began = time.monotonic()
        slow = [stack.enter_context(connect(up, (EVENT, FORM)[n % 2])) for n in range(SILENT)]
        for connection in slow[::4]:
            connection.sendall(b"{")

        assert other.get("/health/live", timeout=SECONDS).status_code == 200

        assert {status(each) for each in slow} == {b"408"}
        assert {each.recv(1) for each in slow} == {b""}
        assert time.monotonic() - began < 15 * SECONDS
    assert "Traceback" not in up.said()


def test_a_connection_that_says_nothing_is_closed(up: Up):
    with connect(up, b"GET / HT") as half, connect(up, b"") as silent:
        assert (half.recv(1), silent.recv(1)) == (b"", b"")


@pytest.mark.parametrize("target", TARGETS)
def test_bad_chunks_and_bodies_that_are_cut_off_are_malformed(up: Up, target: bytes):
    with connect(up, CHUNKS % target) as bad:
        assert status(bad) == b"400"
    with connect(up, EVENT.replace(b"/v1/track", target) + b"{") as cut:
        cut.shutdown(socket.SHUT_WR)
        assert status(cut) == b"400"
