"""Where the embedded PostgreSQL of a data folder lives: cluster, socket and who runs it."""

import os
import secrets
import stat
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from afterword.core.folders import make_folder
from afterword.running.accounts import Account, postgres_account
from afterword.running.errors import CannotRun

SYSTEM_FOLDER = Path("/var/lib/afterword")
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET = 103  # bytes: the shortest limit of those in use, that of macOS


@dataclass(frozen=True)
class Place:
    """The parts of one embedded PostgreSQL."""

    cluster: Path
    sockets: Path
    account: Account


def url_of(sockets: Path) -> str:
    """Return the address of the database that is reached in that folder."""
    return f"postgresql:///afterword?host={quote(str(sockets))}&user=afterword"


def cluster_of(data: Path) -> Path:
    """Return where the cluster of the data folder is, or would be."""
    mark = data / "instance"
    if not mark.exists():
        return data.resolve() / "cluster"
    return SYSTEM_FOLDER / "instances" / mark.read_text().strip() / "cluster"


def settle(data: Path) -> Place:
    """Return the place of the data folder's PostgreSQL, its folders made.

    Run by root, PostgreSQL needs another user. Where that user cannot get to the data folder
    (below a home of mode 700, say), the cluster lives in a system folder instead and the data
    folder remembers which; no permission is changed.
    """
    make_folder(data)
    account = postgres_account(cluster_of(data))
    if not cluster_of(data).exists() and not account.can_enter(data):
        _settle_apart(data)
    cluster = cluster_of(data)
    make_folder(cluster.parent)
    if not account.can_enter(cluster.parent):
        raise CannotRun(
            f"PostgreSQL runs as the user {account.name}, who cannot enter {cluster.parent}."
            " Let that user pass, or set AFTERWORD_DATA to another folder."
        )
    return Place(cluster, _socket_folder(cluster, account), account)


def _settle_apart(data: Path) -> None:
    mark = data / "instance"
    if not mark.exists():
        name = secrets.token_hex(8)
        make_folder(SYSTEM_FOLDER / "instances" / name)
        fresh = mark.with_name("instance.new")
        fresh.write_text(name + "\n")
        fresh.rename(mark)
    elif not cluster_of(data).parent.exists():
        raise CannotRun(
            f"The database of {data} is gone from {cluster_of(data)}: bring it back,"
            f" or remove {mark} to begin with an empty one."
        )


def _socket_folder(cluster: Path, account: Account) -> Path:
    """Return a folder that is the account's alone: anybody who gets at the socket is let in."""
    folder = cluster.parent / "socket"
    if len(os.fsencode(folder / SOCKET_NAME)) > LONGEST_SOCKET:
        name = sha256(os.fsencode(cluster)).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()).resolve() / f"afterword-{name}"
    try:
        folder.mkdir(mode=0o700)
        account.own(folder)
    except FileExistsError:
        found = folder.lstat()
        if found.st_uid != account.uid or found.st_mode & 0o077 or not stat.S_ISDIR(found.st_mode):
            raise CannotRun(f"{folder} is not a folder of {account.name} alone.") from None
    return folder
