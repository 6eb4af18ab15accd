"""An SMTP server for tests that does as its script says, at each step of the dialogue.

    script = Script(RCPT="550 5.1.1 nobody", body=Hang())
    with scripted_smtp(script) as server: ...

What it took is in `script.taken`; what it was told, in `script.commands`.
"""

import asyncio
import ssl
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

from afterword.mail.servers.address import SmtpServer


@dataclass(frozen=True)
class Wait:
    """Answer after so many seconds."""

    seconds: float
    answer: str


@dataclass(frozen=True)
class Drip:
    """Answer one byte at a time."""

    answer: str
    pause: float


@dataclass(frozen=True)
class Close:
    """Close the connection, maybe with a last word."""

    answer: str = ""


@dataclass(frozen=True)
class Hang:
    """Never answer."""


Act = str | Wait | Drip | Close | Hang
# One act each time, acts in turn of which the last stays, or what depends on the command.
Acts = Act | list[Act] | list[str] | Callable[[str], Act]


@dataclass
class Script:
    """Each step's acts; `body` is the answer to what ends with the lone dot."""

    banner: Acts = "220 script ready"
    EHLO: Acts | None = None
    STARTTLS: Acts = "220 go on"
    AUTH: Acts = "235 2.7.0 signed in"
    MAIL: Acts = "250 2.1.0 sender ok"
    RCPT: Acts = "250 2.1.5 recipient ok"
    DATA: Acts | None = None
    body: Acts = "250 2.0.0 taken"
    RSET: Acts = "250 2.0.0 forgotten"
    extensions: tuple[str, ...] = ("PIPELINING", "8BITMIME", "SMTPUTF8")
    context: ssl.SSLContext | None = None
    tls: Literal["starttls", "tls", "none"] = "none"
    connections: int = 0
    commands: list[str] = field(default_factory=list)
    taken: list[tuple[str, list[str], bytes]] = field(default_factory=list)

    def act(self, acts: Acts, command: str) -> Act:
        if callable(acts):
            return acts(command)
        if isinstance(acts, list):
            return acts.pop(0) if len(acts) > 1 else acts[0]
        return acts


class _Closed(Exception):
    pass


class _Session:
    def __init__(
        self, script: Script, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.script = script
        self.reader = reader
        self.writer = writer
        self.sender = ""
        self.recipients: list[str] = []
        self.is_encrypted = script.tls == "tls"

    async def run(self) -> None:
        """A session ends of itself, by an act, or when the server is stopped."""
        self.script.connections += 1
        with suppress(_Closed, OSError, TimeoutError, asyncio.CancelledError):
            await self.perform(self.script.banner, "")
            while line := await self.reader.readline():
                command = line.decode().strip()
                self.script.commands.append(command)
                await self.obey(command)
        with suppress(OSError, asyncio.CancelledError):
            self.writer.close()
            await self.writer.wait_closed()

    async def obey(self, command: str) -> None:
        verb = command.partition(" ")[0].upper()
        if verb == "EHLO":
            await self.perform(self.script.EHLO or self.greeting(), command)
        elif verb == "STARTTLS":
            await self.perform(self.script.STARTTLS, command)
            assert self.script.context
            await self.writer.start_tls(self.script.context)
            self.is_encrypted = True
        elif verb in ("MAIL", "RCPT", "AUTH", "RSET"):
            code = await self.perform(getattr(self.script, verb), command)
            self.remember(verb, command, code)
        elif verb == "DATA":
            await self.take()
        elif verb == "QUIT":
            await self.perform(Close("221 bye"), command)
        else:
            await self.perform("500 5.5.2 what?", command)

    def remember(self, verb: str, command: str, code: int) -> None:
        address = command.partition("<")[2].partition(">")[0]
        if verb == "RSET":
            self.sender, self.recipients = "", []
        elif code < 300 and verb == "MAIL":
            self.sender = address
        elif code < 300 and verb == "RCPT":
            self.recipients.append(address)

    def greeting(self) -> str:
        extensions = list(self.script.extensions)
        if self.script.tls == "starttls" and not self.is_encrypted:
            extensions.append("STARTTLS")
        lines = ["script", *extensions]
        marks = ["-"] * (len(lines) - 1) + [" "]
        return "\r\n".join(f"250{mark}{line}" for mark, line in zip(marks, lines, strict=True))

    async def take(self) -> None:
        usual = "354 go on" if self.recipients else "554 5.5.1 no valid recipients"
        if await self.perform(self.script.DATA or usual, "DATA") != 354:
            return
        content = b""
        while not content.endswith(b"\r\n.\r\n") and content != b".\r\n":
            content += await self.reader.readline()
            if self.reader.at_eof():
                raise _Closed
        code = await self.perform(self.script.body, "")
        if 200 <= code < 300 and self.recipients:
            body = content.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
            self.script.taken.append((self.sender, self.recipients, body))
        self.sender, self.recipients = "", []

    async def perform(self, acts: Acts, command: str) -> int:
        """Return the code that was answered."""
        act = self.script.act(acts, command)
        if isinstance(act, Hang):
            await asyncio.sleep(3600)
        if isinstance(act, Close):
            if act.answer:
                await self.write(f"{act.answer}\r\n".encode())
            raise _Closed
        if isinstance(act, Wait):
            await asyncio.sleep(act.seconds)
        answer = act if isinstance(act, str) else act.answer
        if isinstance(act, Drip):
            for byte in f"{answer}\r\n".encode():
                await self.write(bytes([byte]))
                await asyncio.sleep(act.pause)
        else:
            await self.write(f"{answer}\r\n".encode())
        return int(answer[:3]) if answer[:3].isdigit() else 0

    async def write(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()


@contextmanager
def scripted_smtp(script: Script, host: str = "127.0.0.1") -> Generator[SmtpServer]:
    """Run one on a free port, in a thread of its own; yields the setting that sends mail there."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="scripted smtp")
    thread.start()

    async def start() -> asyncio.Server:
        return await asyncio.start_server(
            lambda reader, writer: _Session(script, reader, writer).run(),
            host,
            0,
            ssl=script.context if script.tls == "tls" else None,
        )

    async def stop(server: asyncio.Server) -> None:
        server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.02)  # transports close in a later turn of the loop

    server = asyncio.run_coroutine_threadsafe(start(), loop).result()
    port = server.sockets[0].getsockname()[1]
    try:
        yield SmtpServer(host, port, "", "", script.tls)
    finally:
        asyncio.run_coroutine_threadsafe(stop(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
