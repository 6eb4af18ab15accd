"""Folders with the permissions that are meant, whatever the umask says."""

import os
from pathlib import Path

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
