"""A PostgreSQL of the chaos tests' own, that can be stopped as a power cut would."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from afterword.running.postgres import Postgres, embedded
from tests.migrated import give_tables
from tests.running.conftest import forget

OWN_SETTINGS = "max_connections = 400\n"
SECONDS_TO_START = 60


class OwnPostgres:
    """One cluster, started; `url` stays the same over restarts."""

    def __init__(self, data: Path) -> None:
        self._postgres: Postgres = embedded(data)
        self.url = self._postgres.url
        with (self._postgres.cluster / "postgresql.conf").open("a") as settings:
            settings.write(OWN_SETTINGS)
        self._log = (data.parent / "postgres.log").open("ab")
        self._process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            self._postgres.command,
            env=self._postgres.environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            **self._postgres.account.popen,
        )
        deadline = time.monotonic() + SECONDS_TO_START
        while not self._postgres.is_ready():
            assert process.poll() is None, "PostgreSQL did not start"
            assert time.monotonic() < deadline, "PostgreSQL takes too long to start"
            time.sleep(0.02)
        return process

    def stop_at_once_and_start(self) -> None:
        """As `pg_ctl stop -m immediate`: nothing is finished, and it recovers from its log."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()
        while not self._postgres.is_free():
            time.sleep(0.02)
        self._process = self._start()

    def address_of(self, name: str) -> str:
        """Return the address of another database of the cluster."""
        return self.url.replace("/afterword?", f"/{name}?")

    def copy(self, name: str) -> str:
        """Make a database as `afterword` is now; nobody may be connected to that one."""
        run(self.address_of("postgres"), f"CREATE DATABASE {name} TEMPLATE afterword")
        return self.address_of(name)

    def end(self) -> None:
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()
        self._log.close()


@contextmanager
def own_postgres(room: Path) -> Iterator[OwnPostgres]:
    """Run one with all tables in a folder of `room`, which every user must be able to enter."""
    give_tables(room / "data")
    postgres = OwnPostgres(room / "data")
    try:
        yield postgres
    finally:
        postgres.end()
        forget(room / "data")


def run(url: str, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Run one statement on a connection of its own, through a restart of the server if need be."""
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                cursor = connection.execute(statement.encode(), values or None)
                return cursor.fetchall() if cursor.description else []
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, "the database does not come back"
            time.sleep(0.1)
