"""The system user that runs PostgreSQL, which refuses to be run by root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OWN_USER = "afterword"
LAST_RESORT = "nobody"


@dataclass(frozen=True)
class Account:
    """A user to run programs as."""

    name: str
    uid: int
    gid: int

    @property
    def popen(self) -> dict[str, Any]:
        """The arguments with which `subprocess` starts a program as this user alone."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_enter(self, folder: Path) -> bool:
        """Whether this user gets to the folder, through all its parents."""
        if self.uid == os.geteuid():
            return os.access(folder, os.X_OK)
        enter = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]
        tried = subprocess.run(enter, check=False, cwd="/", stderr=subprocess.DEVNULL, **self.popen)
        return tried.returncode == 0

    def own(self, folder: Path) -> None:
        """Make a new folder this user's, closed to all others."""
        folder.chmod(0o700)
        if self.uid != os.geteuid():
            os.chown(folder, self.uid, self.gid)


def postgres_account(cluster: Path) -> Account:
    """Return who runs PostgreSQL: the caller; or, for root, the owner of the cluster that
    exists, else the system user of that name (made when it can be), else `nobody`.
    """
    if os.geteuid() != 0:
        return _account(pwd.getpwuid(os.geteuid()))
    if cluster.exists():
        owner = cluster.stat()
        return Account(_name(owner.st_uid), owner.st_uid, owner.st_gid)
    return _account(_own_user() or pwd.getpwnam(LAST_RESORT))


def _own_user() -> pwd.struct_passwd | None:
    if not _known(OWN_USER) and shutil.which("useradd"):
        make = ["useradd", "--system", "--user-group", "--no-create-home"]
        nowhere = ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
        subprocess.run([*make, *nowhere, OWN_USER], check=False, capture_output=True)
    return _known(OWN_USER)


def _known(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _account(user: pwd.struct_passwd) -> Account:
    return Account(user.pw_name, user.pw_uid, user.pw_gid)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
