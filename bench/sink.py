"""An SMTP server that takes every mail and forgets it: `python -m bench.sink PORT`."""

import asyncio
import sys

import uvloop

HELLO = b"250-sink\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 PIPELINING\r\n"


class Sink(asyncio.Protocol):
    """Answers by the first letters of each line; a body ends with a lone dot."""

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
        elif line[:4].upper() == b"DATA":
            self.is_body = True
            self.transport.write(b"354 go ahead\r\n")
        elif line[:4].upper() == b"EHLO":
            self.transport.write(HELLO)
        elif line[:4].upper() == b"QUIT":
            self.transport.write(b"221 bye\r\n")
            self.transport.close()
        else:
            self.transport.write(b"250 OK\r\n")


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
