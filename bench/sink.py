"""An SMTP server that takes every mail: `python -m bench.sink PORT FILE`.

It forgets all but when, by the machine's monotonic clock, it said so to whom.
"""

import asyncio
import sys
import time
from pathlib import Path
from typing import TextIO

import uvloop

HELLO = b"250-sink\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 PIPELINING\r\n"


class Sink(asyncio.Protocol):
    """Answers by the first letters of each line; a body ends with a lone dot."""

    def __init__(self, account: TextIO) -> None:
        self.account = account
        self.recipient = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport
        self.waiting = b""
        self.is_body = False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while self.waiting:
            end = b"\r\n.\r\n" if self.is_body else b"\r\n"
            line, found, rest = self.waiting.partition(end)
            if not found:
                return
            self.waiting = rest
            self.answer(line)

    def answer(self, line: bytes) -> None:
        if self.is_body:
            self.is_body = False
            self.transport.write(b"250 taken\r\n")
            self.account.write(f"{time.monotonic()} {self.recipient}\n")
        elif line[:4].upper() == b"DATA":
            self.is_body = True
            self.transport.write(b"354 go ahead\r\n")
        elif line[:4].upper() == b"EHLO":
            self.transport.write(HELLO)
        elif line[:4].upper() == b"QUIT":
            self.transport.write(b"221 bye\r\n")
            self.transport.close()
        else:
            if line[:4].upper() == b"RCPT":
                self.recipient = line.partition(b"<")[2].partition(b">")[0].decode()
            self.transport.write(b"250 OK\r\n")


async def serve(port: int, account: TextIO) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Sink(account), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    with Path(sys.argv[2]).open("w", buffering=1) as account:
        uvloop.run(serve(int(sys.argv[1]), account))
