"""The commands and answers of one SMTP connection, once it is open and signed in."""

import asyncio
from collections import deque
from collections.abc import Container

from afterword.mail.ways.replies import Reply

LONGEST_ANSWER = 64 * 1024  # bytes, over all its lines


class Lost(Exception):
    """The connection cannot be used any more; its text says why."""


class Dialogue(asyncio.Protocol):
    """Several commands may be out at once; their answers come in the same order (RFC 2920)."""

    def __init__(self, transport: asyncio.Transport, extensions: Container[str]) -> None:
        self.extensions = extensions
        self._transport = transport
        self._received = bytearray()
        self._lines: list[bytes] = []
        self._size = 0
        self._awaited: deque[asyncio.Future[Reply]] = deque()
        self._why_lost = "" if not transport.is_closing() else "The server closed the connection."
        transport.set_protocol(self)

    @property
    def is_open(self) -> bool:
        return not self._why_lost

    def say(self, *commands: bytes) -> list[asyncio.Future[Reply]]:
        """Write all of them at once; return their answers to be, each of which may raise Lost.

        Commands end as they travel; the body with its dot is a command too.
        """
        if self._why_lost:
            raise Lost(self._why_lost)
        loop = asyncio.get_running_loop()
        answers = [loop.create_future() for _ in commands]
        self._awaited.extend(answers)
        self._transport.write(b"".join(commands))
        return answers

    async def ask(self, command: bytes) -> Reply:
        [answer] = self.say(command)
        return await answer

    def close(self) -> None:
        """Close at once: nothing more is sent, not even what was written."""
        self._lose("The connection was closed here.")

    def data_received(self, data: bytes) -> None:
        self._received += data
        while not self._why_lost and (end := self._received.find(b"\n")) >= 0:
            line = bytes(self._received[:end])
            del self._received[: end + 1]
            self._take(line.rstrip(b"\r"))
        if self._size + len(self._received) > LONGEST_ANSWER:
            self._lose("The server's answer does not end.")

    def connection_lost(self, exc: Exception | None) -> None:
        self._lose(f"The connection broke: {exc}" if exc else "The server closed the connection.")

    def _take(self, line: bytes) -> None:
        code, mark = line[:3], line[3:4]
        if len(code) < 3 or not code.isdigit() or mark not in (b"", b" ", b"-"):
            self._lose("The server answered what is no SMTP.")
            return
        self._lines.append(line[4:].strip())
        self._size += len(line)
        if mark == b"-":
            return
        reply = Reply(int(code), b"\n".join(self._lines).decode(errors="replace"))
        self._lines, self._size = [], 0
        self._answer(reply)

    def _answer(self, reply: Reply) -> None:
        if not self._awaited:  # as a server says before it closes an idle connection
            self._lose(f"The server said unasked: {reply}")
            return
        answer = self._awaited.popleft()
        if not answer.done():
            answer.set_result(reply)

    def _lose(self, why: str) -> None:
        self._why_lost = self._why_lost or why
        self._transport.abort()
        while self._awaited:
            answer = self._awaited.popleft()
            if not answer.done():
                answer.set_exception(Lost(self._why_lost))
                answer.exception()  # seen: maybe nobody waits for this one
