"""No start on a database that is too old, has no tables, or could forget what it said it kept."""

from typing import Any

import psycopg

from afterword.running.errors import CannotRun

OLDEST = 150000
MUST_BE_ON = ("fsync", "full_page_writes", "synchronous_commit")


def check_database(url: str, with_tables: bool = False) -> None:
    """Raise CannotRun unless the server answers, is recent enough and durable.

    `with_tables` asks for Afterword's tables as well, of whatever release.
    """
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            assert_recent(connection)
            assert_durable(connection)
            if with_tables:
                assert_made(connection)
    except psycopg.Error as error:
        raise CannotRun(f"The database cannot be used: {str(error).strip()}") from None


def assert_recent(connection: "psycopg.Connection[Any]") -> None:
    """Raise CannotRun on a PostgreSQL before 15."""
    version = connection.info.server_version
    if version < OLDEST:
        raise CannotRun(f"PostgreSQL {version // 10000} is too old: Afterword needs 15 or later.")


def assert_durable(connection: "psycopg.Connection[Any]") -> None:
    """Raise CannotRun that names each durability setting which is off for this connection."""
    query = "SELECT name, setting FROM pg_settings WHERE name = ANY(%s) ORDER BY name"
    rows = connection.execute(query, [list(MUST_BE_ON)]).fetchall()
    weak = [f"{name} = {setting}" for name, setting in rows if setting == "off"]
    if weak:
        raise CannotRun(
            f"The database does not keep what it confirms ({', '.join(weak)}): a crash would lose"
            " events. Switch it on in PostgreSQL's settings, then start again."
        )


def assert_made(connection: "psycopg.Connection[Any]") -> None:
    """Raise CannotRun on a database in which nobody has made Afterword's tables."""
    if connection.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,):
        raise CannotRun(
            "The database has no tables of Afterword's yet. Make them with `afterword migrate`, or"
            " start everything with `afterword up`."
        )
