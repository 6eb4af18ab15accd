"""Children that do not outlive their parent, not even one that was killed outright."""

import ctypes
import os
import signal
import threading
import time
from collections.abc import Callable

IS_LINUX = os.uname().sysname == "Linux"
PR_SET_PDEATHSIG = 1


def dying_with_parent(death_signal: int) -> Callable[[], None]:
    """Return what a forked child runs before its program, so that it gets the signal when
    the caller dies. Linux only; elsewhere Python programs call `watch_parent`.

    The kernel forgets the wish when the user changes: it must come after that. It follows the
    thread that forked: fork from the main one.
    """
    parent = os.getpid()

    def ask() -> None:
        die_with_parent(death_signal)
        if os.getppid() != parent:
            os.kill(os.getpid(), death_signal)

    return ask


def die_with_parent(death_signal: int = signal.SIGKILL) -> None:
    """Ask Linux for the signal when the parent dies; does nothing elsewhere."""
    if IS_LINUX:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal)


def watch_parent() -> None:
    """End this process when its parent is gone, where the system does not do so itself."""
    if IS_LINUX:
        return
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
