"""A cluster of PostgreSQL in which all tables are made, for whoever starts an Afterword of its own.

Migrating takes most of a first start. It is done once for as long as the migrations stay the same,
and what it made is copied; `up` migrates what is missing all the same.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

from afterword.configuration import read_configuration
from afterword.core.folders import make_folder
from afterword.running.places import cluster_of, settle
from afterword.running.postgres import database

ROOT = Path(__file__).parent.parent
DATA = ROOT / ".test-data"
# What the tables come from: migrations, what those read and call, and what is installed.
SOURCES = (
    "src/afterword/**/migrations/*.py",
    "src/afterword/core/foreign_keys.py",
    "src/afterword/customers/free_mail*",
    "src/afterword/happenings/*.py",
    "requirements.txt",
)


def give_tables(data: Path) -> None:
    """Put a copy where the cluster of a data folder belongs, which has none yet."""
    make_folder(DATA)
    with (DATA / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # also while it is copied: others may make it anew
        _copy(_made(), settle(data).cluster)


@cache
def fingerprint() -> str:
    """Return what the tables depend on: SOURCES, and the month, by which there are partitions."""
    files = [file for source in SOURCES for file in sorted(ROOT.glob(source))]
    said = [f"{datetime.now(UTC):%Y-%m}".encode()]
    said += [bytes(str(file.relative_to(ROOT)), "utf-8") + file.read_bytes() for file in files]
    return sha256(b"\0".join(said)).hexdigest()[:16]


def _made() -> Path:
    """Return the cluster, made by the first of the test processes that asks; they hold the lock."""
    kept = DATA / f"migrated-{fingerprint()}"
    if not kept.exists():
        for old in DATA.glob("migrated-*"):
            shutil.rmtree(old)
        _make(kept)
    return kept


def _make(kept: Path) -> None:
    room = Path(tempfile.mkdtemp(prefix="afterword-migrated-"))
    room.chmod(0o711)  # run by root, PostgreSQL is another user, who must pass
    environment = {name: value for name, value in os.environ.items() if "AFTERWORD" not in name}
    environment["DJANGO_SETTINGS_MODULE"] = "afterword.settings"
    try:
        with database(read_configuration({"AFTERWORD_DATA": str(room / "data")})) as url:
            environment |= {"AFTERWORD_DATA": str(room / "data"), "AFTERWORD_DATABASE_URL": url}
            migrate = [sys.executable, "-m", "afterword", "migrate"]
            subprocess.run(migrate, env=environment, check=True, stdout=subprocess.DEVNULL)
        fresh = kept.with_name(f"migrated-{os.getpid()}.new")
        _copy(cluster_of(room / "data"), fresh)
        fresh.rename(kept)
    finally:
        shutil.rmtree(room)


def _copy(cluster: Path, to: Path) -> None:
    subprocess.run(["cp", "-a", str(cluster), str(to)], check=True)  # owners included
