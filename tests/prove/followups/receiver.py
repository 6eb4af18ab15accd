"""Receivers of webhooks that fail, each in its own way, at some requests.

    python -m tests.prove.followups.receiver PLAN FOLDER

Says on which ports, in plain and by TLS, and writes a line for each request into FOLDER/asked:
the machine's monotonic clock, way, webhook-id, the answer's key, and the status that it answers.
A status is written before it is sent: whoever is told of it is in the account.
"""

import asyncio
import json
import socket
import struct
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TextIO

import msgspec

from tests.certificates import Authority
from tests.prove.followups.ways import Plan, is_met

OK = b"HTTP/1.1 200 OK\r\n"
EMPTY = b"Content-Length: 0\r\n\r\n"
PIECE = b"x" * 65_536
STATUS = {"500": "500", "redirect": "302", "hang": "", "cut": ""}  # elsewhere 200


class Receiver:
    """Keeps account of what it was asked."""

    def __init__(self, plan: Plan, account: TextIO) -> None:
        self._seed = plan.seed
        self._account = account
        self._tries: Counter[str] = Counter()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._answer(reader, writer):
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # killed, or out of patience
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; return whether the connection stays open."""
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
        way = first.split(" ")[1].strip("/")
        headers = {
            name.lower(): value.strip() for name, _, value in (one.partition(":") for one in lines)
        }
        key = headers["webhook-id"]
        self._tries[key] += 1
        meets = way if is_met(way, self._seed, key, self._tries[key]) else ""
        if meets == "reset":  # before it is read
            self._note(way, key)
            linger = struct.pack("ii", 1, 0)
            sock = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            return False
        body = json.loads(await reader.readexactly(int(headers["content-length"])))
        self._note(way, key, body["responseId"], STATUS.get(meets, "200"))
        return await self._do(meets, reader, writer)

    async def _do(
        self, meets: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answer in this way; return whether the connection stays open."""
        match meets:
            case "":
                writer.write(OK + EMPTY)
            case "500":
                writer.write(b"HTTP/1.1 500 Broken\r\n" + EMPTY)
            case "redirect":
                writer.write(b"HTTP/1.1 302 Found\r\nLocation: /good\r\n" + EMPTY)
            case "hang":
                await reader.read()  # until the other side has enough of it
            case "slow":
                writer.write(OK + b"Content-Length: 1000\r\n\r\n")
                for _ in range(1000):
                    writer.write(b"x")
                    await writer.drain()
                    await asyncio.sleep(0.5)
            case "endless":
                writer.write(OK + b"Connection: close\r\n\r\n")
                while True:
                    writer.write(PIECE)
                    await writer.drain()
        return meets in {"", "500", "redirect"}

    def _note(self, way: str, key: str, answer: str = "", status: str = "") -> None:
        self._account.write(f"{time.monotonic()}\t{way}\t{key}\t{answer}\t{status}\n")


async def serve(plan: Plan, folder: Path) -> None:
    strange = Authority(folder).server("another.test")
    with (folder / "asked").open("w", buffering=1) as account:
        receiver = Receiver(plan, account)
        plain = await asyncio.start_server(receiver.take, "127.0.0.1", 0, backlog=512)
        tls = await asyncio.start_server(receiver.take, "127.0.0.1", 0, ssl=strange, backlog=512)
        ports = [server.sockets[0].getsockname()[1] for server in (plain, tls)]
        print(json.dumps(ports), flush=True)
        await asyncio.gather(plain.serve_forever(), tls.serve_forever())


if __name__ == "__main__":
    asyncio.run(serve(msgspec.json.decode(sys.argv[1], type=Plan), Path(sys.argv[2])))
