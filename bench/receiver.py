"""Receivers of webhooks: /good takes everything, /broken answers 500, /hangs never answers.

    python -m bench.receiver PORT FILE

Each POST that is taken is noted in FILE: the machine's monotonic clock and the answer's key.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

ANSWERS = {"/good": b"200 OK", "/broken": b"500 Broken"}


async def serve(port: int, account: Path) -> None:
    with account.open("w", buffering=1) as noted:

        async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                at = time.monotonic()
                path = "/" + head.split(" ", 2)[1].strip("/").split("/")[0]
                if path == "/hangs":
                    await asyncio.sleep(60)
                    return
                length = next(
                    int(line.partition(":")[2])
                    for line in head.splitlines()
                    if line.lower().startswith("content-length:")
                )
                body = json.loads(await reader.readexactly(length))
                if path == "/good":
                    noted.write(f"{at} {body['responseId']}\n")
                writer.write(
                    b"HTTP/1.1 " + ANSWERS[path] + b"\r\nContent-Length: 0\r\n"
                    b"Connection: close\r\n\r\n"
                )
                await writer.drain()
            except (asyncio.IncompleteReadError, ConnectionError):
                pass  # whoever waits no longer
            finally:
                writer.close()

        async with await asyncio.start_server(take, "127.0.0.1", port) as server:
            await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
