"""One Afterword at a time on a data folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from afterword.core.folders import make_data_folder
from afterword.running.errors import CannotRun


def is_held(data: Path) -> bool:
    """Whether a process holds the folder's lock."""
    try:
        with only_one(data):
            return False
    except CannotRun:
        return True


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the folder's lock; raises CannotRun at once if another process does,
    and SettingError where the folder cannot be used.

    The system drops the lock when its process ends, however it ends.
    """
    make_data_folder(data)
    with open(os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:  # noqa: PTH123
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = file.read().strip()
            raise CannotRun(
                f"Afterword is running already in {data} (process {holder})."
                " Stop it first, or set AFTERWORD_DATA to another folder."
            ) from None
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
