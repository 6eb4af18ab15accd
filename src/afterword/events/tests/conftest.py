"""The ingest application in this process, on the test's database."""

import asyncio
import json
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from afterword.events import asgi
from afterword.web.deadline import Deadline

Messages = list[dict[str, Any]]


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """Speaks ASGI to the application; between requests its background work stands still."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.application = Deadline(asgi.app, seconds=30)

    def post(self, path: str, body: Any = b"", *, key: str = "", **options: Any) -> Answer:
        return self.request("POST", path, body, key=key, **options)

    def request(self, method: str, path: str, body: Any = b"", **options: Any) -> Answer:
        return self.loop.run_until_complete(self.send(method, path, body, **options))

    async def send(
        self,
        method: str,
        path: str,
        body: Any = b"",
        *,
        key: str = "",
        headers: Mapping[str, str | bytes] | None = None,
        query: str = "",
        pieces: int = 1,
    ) -> Answer:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        step = max(1, -(-len(content) // pieces))
        parts = [content[at : at + step] for at in range(0, len(content), step)] or [b""]
        messages: Messages = [
            {"type": "http.request", "body": part, "more_body": True} for part in parts
        ]
        messages.append({"type": "http.request", "body": b"", "more_body": False})
        sent: Messages = []

        async def receive() -> dict[str, Any]:
            return messages.pop(0)

        async def send(message: Any) -> None:
            sent.append(message)

        given = {"content-length": str(len(content))} if pieces == 1 else {}
        if key:
            given["authorization"] = basic(key)
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [
                (name.lower().encode(), value if isinstance(value, bytes) else value.encode())
                for name, value in {**given, **(headers or {})}.items()
            ],
        }
        await self.application(scope, receive, send)
        start, *rest = sent
        return Answer(
            start["status"],
            {name.decode(): value.decode() for name, value in start["headers"]},
            b"".join(message["body"] for message in rest),
        )

    def work(self, until: Callable[[], Any], seconds: float = 8) -> Any:
        """Let the background work until there is something to return."""
        deadline = time.monotonic() + seconds
        while not (result := until()) and time.monotonic() < deadline:
            self.loop.run_until_complete(asyncio.sleep(0.05))
        return result


def basic(key: str) -> str:
    return f"Basic {b64encode(f'{key}:'.encode()).decode()}"


@pytest.fixture
def client(transactional_db: None) -> Iterator[Client]:
    loop = asyncio.new_event_loop()
    loop.run_until_complete(asgi.startup())
    yield Client(loop)
    loop.run_until_complete(asgi.shutdown())
    loop.close()
