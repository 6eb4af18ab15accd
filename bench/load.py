"""A load generator: one process, some connections, each sends its next request when answered."""

import secrets
import selectors
import socket
import sys
import time
from collections.abc import Callable

import msgspec


class Load(msgspec.Struct):
    """What to send: each `{id}` in the body becomes 24 characters that no other call has."""

    path: str
    key: str
    body: str
    connections: int
    seconds: float = 0
    port: int = 0


class Result(msgspec.Struct):
    answered: int
    refused: int
    seconds: float
    # Of each request, in milliseconds.
    waits: list[float]


def request_maker(load: Load) -> Callable[[], bytes]:
    """Return what makes the next request."""
    parts = load.body.split("{id}")
    length = len(load.body.encode()) + (len(parts) - 1) * (24 - len("{id}"))
    head = (
        f"POST {load.path} HTTP/1.1\r\nHost: 127.0.0.1:{load.port}\r\n"
        f"User-Agent: afterword-bench\r\nAccept: */*\r\nContent-Type: application/json\r\n"
        f"Authorization: Basic {load.key}\r\nContent-Length: {length}\r\n\r\n"
    )
    first, *rest = (head + parts[0], *parts[1:])
    start, number = secrets.token_hex(6), 0
    if len(rest) == 1:
        before, after = first.encode() + start.encode(), rest[0].encode()

        def one() -> bytes:
            nonlocal number
            number += 1
            return before + b"%012d" % number + after

        return one

    def several() -> bytes:
        nonlocal number
        pieces = [first]
        for part in rest:
            number += 1
            pieces += (f"{start}{number:012}", part)
        return "".join(pieces).encode()

    return several


def run(load: Load) -> Result:
    make, selector, clock = request_maker(load), selectors.DefaultSelector(), time.perf_counter
    clients = [socket.create_connection(("127.0.0.1", load.port)) for _ in range(load.connections)]
    waits: list[float] = []
    refused, unanswered, started = 0, len(clients), clock()
    end = started + load.seconds
    sent_at: dict[socket.socket, float] = {}
    for client in clients:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(client, selectors.EVENT_READ, client)
        sent_at[client] = clock()
        client.sendall(make())
    while unanswered:
        for key, _ in selector.select():
            client = key.data
            answer = client.recv(4096)
            if not answer.endswith(b"}"):
                raise SystemExit(f"An answer came in pieces or not at all: {answer!r}")
            now = clock()
            waits.append((now - sent_at[client]) * 1000)
            refused += not answer.startswith(b"HTTP/1.1 200")
            if now < end:
                sent_at[client] = now
                client.sendall(make())
            else:
                unanswered -= 1
    return Result(len(waits) - refused, refused, clock() - started, waits)


if __name__ == "__main__":
    result = run(msgspec.json.decode(sys.stdin.buffer.read(), type=Load))
    sys.stdout.buffer.write(msgspec.json.encode(result))
