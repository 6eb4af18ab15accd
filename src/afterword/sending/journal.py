"""What a worker does with its mails, written down on this machine before it is committed.

A worker that is killed after the server's 250 and before its commit leaves this as evidence, so
that the mail is not sent once more; and the name of the mail that it was composing, which may be
what killed it. It is a help and no promise: the machine itself may be lost.
"""

import fcntl
import json
import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid4

from django.conf import settings

from afterword.core.folders import make_folder
from afterword.core.text import without_addresses
from afterword.sending.hand_over import Accepted
from afterword.sending.lease import Held

PAGE = 1024 * 1024  # bytes after which a new file is begun
_SUFFIX = ".journal"


def folder() -> Path:
    """Return where the workers of this machine keep theirs."""
    return Path(settings.CONFIGURATION.data) / "hand-over"


class Page:
    """One file: it goes when everything in it is committed and the next has been begun.

    It is locked while its worker lives.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self._open_notes = 0
        self._written = 0
        self._is_last = True

    @property
    def is_full(self) -> bool:
        return self._written >= PAGE

    def write(self, held: Held, reply: str | None) -> None:
        """Write a line; without a reply it says that the mail is being composed.

        A server may name whom the mail is for: nothing that outlives an erasure does.
        """
        kept = reply if reply is None else without_addresses(reply)
        line = json.dumps([str(held.id), held.attempt, kept]).encode() + b"\n"
        self._open_notes += reply is not None
        self._written += os.write(self._file, line)

    def committed(self) -> None:
        """One of the notes is in the database now."""
        self._open_notes -= 1
        self._close_if_done()

    def turn(self) -> None:
        """No more is written here."""
        self._is_last = False
        self._close_if_done()

    def _close_if_done(self) -> None:
        if not self._is_last and not self._open_notes:
            self._path.unlink(missing_ok=True)
            os.close(self._file)


class Journal:
    """A worker's own journal in `folder`. Not safe for several threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._page: Page | None = None

    def note(self, held: Held, reply: str) -> Page:
        """Write down that the server took a mail; `committed` on the page when that is in the
        database. Raises OSError if the disk takes no more.
        """
        page = self._open_page()
        page.write(held, reply)
        return page

    def begin(self, held: Held) -> None:
        """Write down which mail is composed from now on; raises OSError as `note` does."""
        self._open_page().write(held, None)

    def _open_page(self) -> Page:
        if self._page is None or self._page.is_full:
            self.close()
            make_folder(self._folder)
            self._page = Page(self._folder / f"{uuid4().hex}{_SUFFIX}")
        return self._page

    def close(self) -> None:
        if self._page is not None:
            self._page.turn()
            self._page = None


class Left(NamedTuple):
    """What a page says: what the server took, and what was composed last."""

    accepted: list[Accepted]
    composed: Held | None


def evidence(folder: Path, ids: Collection[UUID]) -> list[Accepted]:
    """Return what the journals in `folder` say of these mails, of dead and living workers."""
    wanted = set(ids)
    return [one for path in _pages(folder) for one in _read(path).accepted if one.id in wanted]


def left_behind(folder: Path) -> Iterator[tuple[Path, Left]]:
    """Yield the journals of dead workers; remove each once what it says is committed."""
    for path in _pages(folder):
        with suppress(OSError):
            file = os.open(path, os.O_RDONLY)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # refused while its worker lives
                yield path, _read(path)
            finally:
                os.close(file)


def _pages(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{_SUFFIX}")) if folder.is_dir() else []


def _read(path: Path) -> Left:
    """Return the notes of a page; a line that was cut short by a crash says nothing."""
    accepted, composed = [], None
    with suppress(FileNotFoundError):
        for line in path.read_bytes().splitlines():
            with suppress(ValueError, TypeError):
                id_, attempt, reply = json.loads(line)
                held = Held(UUID(id_), int(attempt))
                if reply is None:
                    composed = held
                else:
                    accepted.append(Accepted(*held, str(reply)))
    return Left(accepted, composed)
