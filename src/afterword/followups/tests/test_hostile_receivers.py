"""Receivers that answer too much, or too slowly: reply, time and memory have bounds."""

import gzip
import socket
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import repeat

import pytest

from afterword.followups.engine import post
from afterword.followups.engine.post import Line, Reply, Request
from tests.followups import allow_loopback

MIB = 1024 * 1024
HEAD = b"HTTP/1.1 200 OK\r\n"
BOMB = gzip.compress(bytes(64 * MIB))
GIGABYTE = (HEAD + b"Content-Length: 1073741824\r\n\r\n", *repeat(b"x" * MIB, 1024))
# What is sent, until the other side has enough; and whether it counts as an answer.
ANSWERS: dict[str, tuple[tuple[bytes, ...], bool]] = {
    "a gigabyte": (GIGABYTE, True),
    "a bomb": (
        (HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB), BOMB),
        True,
    ),
    "10,000 headers": ((HEAD, *(b"X-%d: y\r\n" % one for one in range(10_000)), b"\r\n"), False),
    "a header without an end": ((HEAD, b"X: ", *repeat(b"x" * MIB, 64)), False),
    "a status without an end": (tuple(repeat(b"x" * MIB, 64)), False),
    "no HTTP": ((b"\x16\x03\x01\0\0",), False),
}


@contextmanager
def receiver(speak: Callable[[socket.socket], object]) -> Iterator[str]:
    """Take one request, answer it by `speak`, and hang up; yield the address."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def run() -> None:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                connection.recv(64 * 1024)
                speak(connection)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        thread.join()


def posted(url: str) -> Reply:
    line = Line()
    reply = line.post(Request(url, b"{}", {"Content-Type": "application/json"}))
    line.close()
    return reply


@pytest.mark.parametrize("name", ANSWERS)
def test_too_long_an_answer_is_read_no_further(settings, name: str):
    allow_loopback(settings)
    pieces, counts = ANSWERS[name]

    def flood(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)

    with receiver(flood) as url:
        tracemalloc.start()
        reply = posted(url)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert reply.status == (200 if counts else None)
    assert counts or reply.error
    assert len(reply.text) <= MIB
    assert most < 8 * MIB


def test_an_answer_that_drips_ends_with_the_time(settings, monkeypatch):
    """Each byte comes long before a read would be given up."""
    allow_loopback(settings)
    monkeypatch.setattr(post, "TIMEOUT", 0.2)
    never = threading.Event()

    def drip(connection: socket.socket) -> None:
        for _ in range(1_000):
            connection.sendall(b"y")
            never.wait(0.01)

    with receiver(drip) as url:
        reply = posted(url)

    assert (reply.status, reply.milliseconds < 5_000) == (None, True)
    assert "no answer within" in reply.error
