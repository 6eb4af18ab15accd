"""A PostgreSQL cluster of our own: made once, durable, with settings for a small machine."""

import os
import shutil
import subprocess
from pathlib import Path

from afterword.core.folders import make_folder
from afterword.running.accounts import Account
from afterword.running.binaries import Binaries
from afterword.running.errors import CannotRun

# Durability is PostgreSQL's own default and is not set here, so that a start which finds it
# switched off is refused, not mended in silence.
SETTINGS = """\
listen_addresses = ''
max_connections = 100
max_logical_replication_workers = 0
shared_buffers = 128MB
dynamic_shared_memory_type = posix
effective_cache_size = 1GB
maintenance_work_mem = 64MB
work_mem = 8MB
max_wal_size = 1GB
min_wal_size = 80MB
wal_compression = on
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
# A query whose process was killed would run on, and hold back whoever waits for it to end.
client_connection_check_interval = 5s
log_checkpoints = off
log_line_prefix = '%m '
log_timezone = 'UTC'
timezone = 'UTC'
datestyle = 'iso, ymd'
default_text_search_config = 'pg_catalog.simple'
# Statements and details hold what customers wrote.
log_error_verbosity = terse
log_min_error_statement = panic
"""
SETTINGS_SINCE_18 = "io_method = sync\n"
USER_FILE = """\
# Afterword's settings are in afterword.conf, written anew at each start.
# What you add below wins over them.
include 'afterword.conf'
"""
ACCESS = "# The socket's folder is open to one user alone.\nlocal all all trust\n"


def make_cluster(cluster: Path, binaries: Binaries, account: Account) -> None:
    """Make the cluster with the empty database `afterword`; whole or not at all."""
    fresh = cluster.with_name(f"{cluster.name}.new")
    if fresh.exists():
        shutil.rmtree(fresh)
    make_folder(fresh.parent)
    fresh.mkdir(mode=0o700)
    account.own(fresh)
    collation = ["--locale=C", "--encoding=UTF8"]
    if binaries.major >= 17:
        collation += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    owner = ["--username=afterword", "--auth=trust"]
    _run([binaries.program("initdb"), "-D", str(fresh), *owner, *collation], account)
    single = [binaries.program("postgres"), "--single", "-D", str(fresh), "postgres"]
    _run(single, account, said="CREATE DATABASE afterword\n")
    _write(fresh / "postgresql.conf", USER_FILE, account)
    _write(fresh / "pg_hba.conf", ACCESS, account)
    fresh.rename(cluster)


def write_settings(cluster: Path, binaries: Binaries, account: Account) -> None:
    """Write the settings of this release into the cluster."""
    settings = SETTINGS + (SETTINGS_SINCE_18 if binaries.major >= 18 else "")
    _write(cluster / "afterword.conf", settings, account)


def _write(path: Path, text: str, account: Account) -> None:
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.chmod(0o600)
    if account.uid != os.geteuid():
        os.chown(fresh, account.uid, account.gid)
    fresh.rename(path)


def _run(command: list[str], account: Account, said: str = "") -> None:
    done = subprocess.run(
        command,
        check=False,
        input=said,
        capture_output=True,
        text=True,
        cwd="/",
        env={"LC_ALL": "C", "PATH": os.defpath},
        **account.popen,
    )
    if done.returncode:
        raise CannotRun(f"PostgreSQL's {Path(command[0]).name} failed: {done.stderr.strip()}")
