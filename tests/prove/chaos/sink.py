"""A mail server for the chaos tests, in a process of its own: `python -m tests.prove.chaos.sink`.

It keeps its own account of what it took, written before it says so, and misbehaves as `ways`
says, or by a draw for each connection. Once it listens it prints its ports. On standard input
`hang up 0` closes all connections to the first port; it ends with its input.
"""

import asyncio
import json
import os
import random
import re
import ssl
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import msgspec
import uvloop

from tests.prove.chaos.certificates import contexts
from tests.prove.chaos.ways import way_of

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)
_LINK = re.compile(rb"/u/([A-Za-z0-9_-]+)")
_ADDRESS = re.compile(rb"<([^>]*)>")
LARGEST = 4 * 1024 * 1024
HELLO = b"250-chaos\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-PIPELINING\r\n"
# What the server answers at a step, by the way; the rest is told in `Session`.
AT_RCPT = {
    "rcpt-4xx": b"450 4.2.1 not now",
    "rcpt-452": b"452 4.3.1 insufficient system storage",
    "rcpt-5xx": b"550 5.1.1 no such user",
}
AT_DATA = {"data-4xx": b"451 4.3.0 not now", "data-5xx": b"554 5.6.0 not this"}
AT_DOT = {
    "dot-4xx": b"451 4.3.0 not now",
    "dot-5xx": b"554 5.6.0 not this",
    "dot-5715": b"550 5.7.515 Access denied, sending domain does not meet the requirements",
}


class Manners(msgspec.Struct):
    """How the server behaves; times in seconds, shares from 0 to 1."""

    folder: str  # of the accounts, the certificate and its key
    listeners: int = 1
    seed: int = 1
    before: float = 0.0  # from the body's end to taking it
    after: float = 0.0  # from taking it to the answer
    most_a_second: float = 0.0  # mails taken; 0 for no limit
    slow_answer: float = 65.0
    drip: float = 1.0  # between two bytes
    bad_connections: tuple[float, ...] = (0.0,)  # by listener, in turns
    bad_senders: float = 0.0
    tls: bool = False


class Listener:
    """One port, with its account and its connections."""

    def __init__(self, number: int, manners: Manners, tls: dict[str, ssl.SSLContext]) -> None:
        self.manners = manners
        self.tls = tls
        self.chance = random.Random(f"{manners.seed} {number}")
        self.bad_connections = manners.bad_connections[number % len(manners.bad_connections)]
        self.sessions: set[asyncio.StreamWriter] = set()
        self._slot = 0.0
        path = Path(manners.folder) / f"taken.{number}"
        self._account = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sessions.add(writer)
        try:
            with suppress(OSError, EOFError, asyncio.LimitOverrunError):
                await Session(self, reader, writer).hold()
        finally:
            self.sessions.discard(writer)
            writer.close()

    def hang_up(self) -> None:
        for writer in [*self.sessions]:
            writer.transport.abort()

    async def turn(self) -> None:
        """Wait for what the rate allows."""
        if self.manners.most_a_second:
            now = time.monotonic()
            self._slot = max(self._slot + 1 / self.manners.most_a_second, now)
            await asyncio.sleep(self._slot - now)

    def take(self, recipient: str, body: bytes) -> None:
        """Taking a mail is writing it down: one line, in the file before anything is answered."""
        found, link = _MESSAGE_ID.search(body), _LINK.search(body)
        words = (
            f"{time.monotonic():.6f}",
            recipient,
            found[1].decode() if found else "",
            link[1].decode() if link else "",
        )
        os.write(self._account, ("\t".join(words) + "\n").encode())


class Session:
    """One connection."""

    def __init__(
        self, listener: Listener, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._listener = listener
        self._manners = listener.manners
        self._reader = reader
        self._writer = writer
        self._recipient = ""
        self._is_over = False
        self._fault = ""
        if listener.chance.random() < listener.bad_connections:
            faults = ["banner", "certificate"] if self._manners.tls else ["banner"]
            self._fault = listener.chance.choice(faults)
        self._offers_tls = self._manners.tls
        self._commands: dict[bytes, Callable[[bytes], Awaitable[None]]] = {
            b"EHLO": self._ehlo,
            b"HELO": self._ehlo,
            b"STAR": self._starttls,
            b"MAIL": self._mail,
            b"RCPT": self._rcpt,
            b"DATA": self._data,
            b"RSET": self._rset,
            b"QUIT": self._quit,
        }

    async def hold(self) -> None:
        if self._fault == "banner":
            await self._say(b"421 4.3.2 too busy")
            return
        await self._say(b"220 chaos")
        while not self._is_over and (line := await self._reader.readline()):
            await self._commands.get(line[:4].upper(), self._other)(line)

    async def _say(self, line: bytes) -> None:
        if self._writer.is_closing():  # uvloop has no OSError for that
            raise ConnectionResetError
        self._writer.write(line + b"\r\n")
        await self._writer.drain()

    async def _ehlo(self, line: bytes) -> None:
        await self._say(HELLO + (b"250 STARTTLS" if self._offers_tls else b"250 SIZE"))

    async def _starttls(self, line: bytes) -> None:
        self._writer.transport.pause_reading()  # type: ignore[attr-defined]  # until TLS reads
        await self._say(b"220 go on")
        expired = self._fault == "certificate"
        try:
            await self._writer.start_tls(self._listener.tls["expired" if expired else "valid"])
        except ssl.SSLError:  # as the client should, seeing that
            self._is_over = True
        self._offers_tls = False

    async def _mail(self, line: bytes) -> None:
        self._recipient = ""
        bad = self._listener.chance.random() < self._manners.bad_senders
        await self._say(b"451 4.3.0 not now" if bad else b"250 2.1.0 OK")

    async def _rcpt(self, line: bytes) -> None:
        found = _ADDRESS.search(line)
        recipient = found[1].decode() if found else ""
        way = way_of(recipient)
        refused = AT_RCPT.get(way)
        if not refused:
            self._recipient = recipient
        if way == "odd-rcpt":
            for piece in (b"251-not ", b"here\r\n25", b"1-but\r\n"):
                self._writer.write(piece)
                await self._writer.drain()
                await asyncio.sleep(0.02)
        await self._say(refused or (b"251 will forward" if way == "odd-rcpt" else b"250 2.1.5 OK"))

    async def _data(self, line: bytes) -> None:
        way = way_of(self._recipient)
        if not self._recipient:
            await self._say(b"503 5.5.1 nobody to send it to")
        elif way == "hang-up-before-354":
            self._is_over = True
        elif refused := AT_DATA.get(way):
            await self._say(refused)
        else:
            await self._say(b"354 go ahead")
            await self._body(way)

    async def _body(self, way: str) -> None:
        body = await self._reader.readuntil(b"\r\n.\r\n")
        await self._listener.turn()
        await asyncio.sleep(self._manners.before)
        if refused := AT_DOT.get(way):
            await self._say(refused)
        elif way == "hang-up-dropped":
            self._is_over = True
        else:
            self._listener.take(self._recipient, body)
            await self._answer(way)

    async def _answer(self, way: str) -> None:
        await asyncio.sleep(self._manners.after)
        if way == "hang-up-taken":
            self._is_over = True
            return
        if way == "slow":
            await asyncio.sleep(self._manners.slow_answer)
        if way == "drip":
            for byte in b"250-taken\r":
                self._writer.write(bytes([byte]))
                await self._writer.drain()
                await asyncio.sleep(self._manners.drip)
            self._writer.write(b"\n")
        await self._say(b"250 2.0.0 taken")

    async def _rset(self, line: bytes) -> None:
        self._recipient = ""
        await self._say(b"250 2.0.0 OK")

    async def _quit(self, line: bytes) -> None:
        self._is_over = True
        await self._say(b"221 2.0.0 bye")

    async def _other(self, line: bytes) -> None:
        await self._say(b"250 2.0.0 OK")


async def serve(manners: Manners) -> None:
    tls = contexts(Path(manners.folder)) if manners.tls else {}
    listeners = [Listener(number, manners, tls) for number in range(manners.listeners)]
    servers = [
        await asyncio.start_server(one.meet, "127.0.0.1", 0, limit=LARGEST, backlog=1000)
        for one in listeners
    ]
    print(json.dumps([one.sockets[0].getsockname()[1] for one in servers]), flush=True)
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(orders), sys.stdin
    )
    while order := await orders.readline():
        listeners[int(order.split()[-1])].hang_up()
        print("done", flush=True)


if __name__ == "__main__":
    uvloop.run(serve(msgspec.json.decode(sys.argv[1], type=Manners)))
