"""An HTTP server for tests that answers requests in turn, and keeps what it was asked."""

import json
import ssl
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs


@dataclass(frozen=True)
class Answer:
    """`body` is text, or what becomes JSON; `wait` is in seconds, and `drip` between two bytes."""

    status: int = 200
    body: Any = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0
    drip: float = 0.0
    closes: bool = False


@dataclass
class Asked:
    """A request, and the client's port that it came from.

    `values` are what its body held, as JSON or as a form.
    """

    path: str
    headers: Mapping[str, str]
    body: bytes
    port: int

    @property
    def values(self) -> dict[str, Any]:
        if "json" in self.headers.get("Content-Type", ""):
            return dict(json.loads(self.body))
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


@dataclass
class Web:
    """The last answer stays."""

    url: str
    answers: list[Answer]
    asked: list[Asked] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)


@contextmanager
def scripted_http(*answers: Answer, tls: ssl.SSLContext | None = None) -> Generator[Web]:
    """Run one on a free port of the loopback address, encrypted where `tls` says how."""
    web = Web("", list(answers))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body, port = self.rfile.read(length), self.client_address[1]
            web.asked.append(Asked(self.path, dict(self.headers), body, port))
            answer = web.answers.pop(0) if len(web.answers) > 1 else web.answers[0]
            web.stopping.wait(answer.wait)
            if answer.closes:
                self.close_connection = True
                return
            said = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
            content = said.encode()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if not isinstance(answer.body, str):
                self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.deliver(content, answer.drip)

        def deliver(self, content: bytes, drip: float) -> None:
            try:
                if not drip:
                    self.wfile.write(content)
                for byte in content if drip else b"":
                    self.wfile.write(bytes([byte]))
                    time.sleep(drip)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        web.url = f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield web
        finally:
            web.stopping.set()
            server.shutdown()
            thread.join()
