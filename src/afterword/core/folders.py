"""Folders with the permissions that are meant, whatever the umask says."""

import os
from pathlib import Path
from tempfile import TemporaryFile

from afterword.core.environment import SettingError

OWN = 0o700
PASSABLE = 0o711  # others may pass through to what is theirs further down, and see nothing


def make_folder(path: Path) -> None:
    """Make the folder and its missing parents; leave the permissions of those that exist.

    Root's folders are passable, because PostgreSQL works inside them as another user.
    """
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    path.chmod(PASSABLE if os.geteuid() == 0 else OWN)


def make_data_folder(path: Path) -> None:
    """Make the folder of AFTERWORD_DATA; raises SettingError where nothing can be kept in it."""
    try:
        make_folder(path)
        with TemporaryFile(dir=path):  # only trying tells of disks that are full or read-only
            pass
    except OSError as error:
        raise SettingError(
            [
                f"AFTERWORD_DATA: nothing can be kept in {path}: {error.strerror}. Let this user "
                "write there, or set AFTERWORD_DATA to another folder."
            ]
        ) from None
