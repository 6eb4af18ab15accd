"""HTTP to addresses that users may have chosen: guarded, bounded, and ended when told to.

`requests` limits the time of each read only, so that an answer which drips would take for ever.
"""

import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError
from urllib3.poolmanager import PoolManager

from afterword.core import egress

ANSWER_LIMIT = 1024 * 1024  # bytes, once decoded
PATIENCE = 30.0  # seconds to connect, where the caller set no limit


class AnswerTooLong(requests.RequestException):
    """More came than anyone would need to know."""


class Wire(HTTPAdapter):
    """Carries the requests of one session, one at a time, and follows no redirect.

    `allow` are the private networks that may be reached all the same; None: any network.
    """

    def __init__(self, allow: Sequence[egress.Network] | None) -> None:
        self._allow = allow
        self._twins: list[socket.socket] = []
        super().__init__(max_retries=0)

    def equip(self, session: requests.Session) -> None:
        """Let all requests of `session` travel over this."""
        session.mount("https://", self)
        session.mount("http://", self)
        session.max_redirects = 0  # they could lead anywhere, with our key
        session.trust_env = self._allow is None  # a proxy would connect where we may not

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **_: Any
    ) -> None:
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block)
        self.poolmanager.pool_classes_by_scheme = _pools(self)

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        response = super().send(request, *args, **(kwargs | {"stream": True}))
        body = b""
        for piece in response.iter_content(16 * 1024):
            body += piece
            if len(body) > ANSWER_LIMIT:
                response.close()
                raise AnswerTooLong("the answer is too long", request=request)
        response._content = body
        return response

    def opened(self, host: str, port: int, timeout: float) -> socket.socket:
        """Return a connected socket; a twin of it is kept, by which to end the connection."""
        if self._allow is None:
            connection = socket.create_connection((host, port), timeout)
        else:
            connection = egress.connect(host, port, self._allow, timeout)
        self._forget_twins()
        self._twins.append(connection.dup())
        return connection

    def abort(self) -> None:
        """End the request that is under way in another thread."""
        for twin in self._twins:
            with suppress(OSError):
                twin.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        super().close()
        self._forget_twins()

    def _forget_twins(self) -> None:
        while self._twins:
            self._twins.pop().close()


def was_not_sent(error: BaseException | None) -> NewConnectionError | None:
    """Return why no connection came about, if it was that: then nothing of a request went out."""
    wrapped = error.args[0] if isinstance(error, requests.ConnectionError) and error.args else None
    reason = getattr(wrapped, "reason", None)
    return reason if isinstance(reason, NewConnectionError) else None


def _pools(wire: Wire) -> dict[str, type[HTTPConnectionPool]]:
    """Connections that `wire` opens; names and certificates are checked by the library."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _opened(wire, self)

    class Encrypted(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _opened(wire, self)

        def connect(self) -> None:
            try:
                super().connect()
            except OSError as error:  # of TLS too
                raise NewConnectionError(self, str(error)) from error

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(HTTPSConnectionPool):
        ConnectionCls = Encrypted

    return {"http": PlainPool, "https": EncryptedPool}


def _opened(wire: Wire, connection: HTTPConnection) -> socket.socket:
    timeout = connection.timeout
    seconds = float(timeout) if isinstance(timeout, int | float) else PATIENCE
    try:
        return wire.opened(connection.host.strip("[]"), connection.port, seconds)
    except OSError as error:
        raise NewConnectionError(connection, str(error)) from error
