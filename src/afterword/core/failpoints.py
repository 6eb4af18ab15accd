"""Named places where a test makes this process fail. Outside of tests they do nothing.

Armed by the environment of the process, `FAILPOINT=after_250:kill` or `after_250:kill:3` for the
third time that the place is reached. Actions: `kill` ends the process as `kill -9` does,
`exception` raises, `database_gone` and `server_gone` ask whoever listens at the Unix socket
FAILPOINT_SOCKET to bring it about, and go on when that one has answered. It happens once.
"""

import os
import signal
import socket
import threading

ACTIONS = ("kill", "exception", "database_gone", "server_gone")

_armed = os.environ.get("FAILPOINT", "")
_lock = threading.Lock()
_reached = 0


def failpoint(name: str) -> None:
    """Fail here if this is the place that the environment names."""
    if _armed:
        _reach(name)


def _reach(name: str) -> None:
    point, action, nth = (*_armed.split(":"), "1")[:3]
    if name == point and _count() == int(nth):
        _fail(name, action)


def _count() -> int:
    global _reached  # noqa: PLW0603  (a count for the whole process, as what it arms)
    with _lock:
        _reached += 1
        return _reached


def _fail(name: str, action: str) -> None:
    _tell(name, action)
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if action == "exception":
        raise RuntimeError(f"the failpoint {name}")


def _tell(name: str, action: str) -> None:
    """Say what is about to happen, and wait until the listener has done its part of it."""
    if listener := os.environ.get("FAILPOINT_SOCKET"):
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(listener)
            client.sendall(f"{name} {action}\n".encode())
            client.recv(1)
