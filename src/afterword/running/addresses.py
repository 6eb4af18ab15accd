"""The address that the web listens on."""

import errno
import socket
from typing import Any

from afterword.configuration import Bind
from afterword.running.errors import CannotRun


def refuse_taken(bind: Bind) -> None:
    """Raise CannotRun if the address cannot be listened on.

    Granian's workers share their port, so a second server would start and take half the requests.
    """
    family, kind, protocol, _, address = resolve(bind)
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            why = "is in use by another program" if taken else f"cannot be used: {error.strerror}"
            raise CannotRun(
                f"The address {bind} {why}. Set AFTERWORD_BIND to another one."
            ) from None


def resolve(bind: Bind) -> tuple[Any, ...]:
    try:
        return socket.getaddrinfo(bind.host, bind.port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise CannotRun(
            f"AFTERWORD_BIND: there is no address {bind.host!r} on this machine."
        ) from None


def is_live(bind: Bind) -> bool:
    """Whether the web process answers; it is asked in the plainest HTTP there is."""
    ask = f"GET /health/live HTTP/1.1\r\nHost: {bind}\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection((bind.host, bind.port), timeout=1) as client:
            client.sendall(ask.encode())
            return client.recv(64).split(b" ", 2)[1:2] == [b"200"]
    except OSError:
        return False
