"""A pytest plugin: gives the tests a real PostgreSQL, the embedded one unless one is named.

The tables are made once for as long as the migrations stay the same, on a server that is named once
for each run; each test process works on a copy of that database.
"""

import os
import re
from collections.abc import Generator, Iterator
from contextlib import ExitStack, suppress
from functools import cache
from typing import Any
from unittest.mock import patch

import psycopg
import pytest

from tests.migrated import DATA, fingerprint, give_tables

_running = ExitStack()
NAME = r"(?<=://)([^/?]*)/?[^?]*"  # of the database in an address, and who and where before it
KEPT_TEMPLATE = "migrated_"  # begins the name of what the next run finds
# Nobody misses this cluster after a power cut. What proves that nothing is lost brings its own.
FORGETFUL = ("fsync", "full_page_writes", "synchronous_commit")
# Filled by the migrations, and no test's to change.
KEPT = ("auth_permission", "django_content_type", "django_migrations")
# Foreign keys are not looked at where all rows go; whoever may not say so only waits longer.
UNCHECKED = """
    SELECT set_config('session_replication_role', 'replica', true)
    WHERE current_setting('is_superuser') = 'on'
"""
TABLES = """
    SELECT tablename FROM pg_tables
    WHERE schemaname = current_schema() AND NOT tablename = ANY (%s)
"""


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, object, object]:
    """Start it before Django reads its settings. Parallel test processes inherit the address."""
    os.environ.setdefault("AFTERWORD_DATA", str(DATA))
    os.environ.setdefault("AFTERWORD_DNS", "off")  # tests that ask bring a server of their own
    if "AFTERWORD_DATABASE_URL" not in os.environ:
        os.environ["TEST_TEMPLATE"] = KEPT_TEMPLATE + fingerprint()
        os.environ["AFTERWORD_DATABASE_URL"] = _embedded(os.environ["TEST_TEMPLATE"])
    if "TEST_DATABASES" not in os.environ:
        # A name of this run's own, so that two runs at a time leave each other alone.
        os.environ["TEST_DATABASES"] = f"test_{os.getpid()}"
        _running.callback(_drop, os.environ["AFTERWORD_DATABASE_URL"], os.environ["TEST_DATABASES"])
        os.environ.setdefault("TEST_TEMPLATE", os.environ["TEST_DATABASES"])
    return (yield)


def _embedded(template: str) -> str:
    """Start the embedded one and return its address; a new one is a copy that has all tables."""
    from afterword.configuration import read_configuration
    from afterword.running.places import cluster_of
    from afterword.running.postgres import database

    configuration = read_configuration(os.environ)
    is_new = not cluster_of(configuration.data).exists()
    if is_new:
        give_tables(configuration.data)
    url = _running.enter_context(database(configuration))
    with _maintaining(url) as maintaining:
        if is_new:
            maintaining.execute(f"CREATE DATABASE {template} TEMPLATE afterword")
        for setting in FORGETFUL:
            maintaining.execute(f"ALTER SYSTEM SET {setting} = off")
        maintaining.execute("SELECT pg_reload_conf()")
    return url


def pytest_unconfigure() -> None:
    _running.close()


def _maintaining(url: str) -> "psycopg.Connection[Any]":
    return psycopg.connect(url, dbname="postgres", autocommit=True)


def _drop(url: str, prefix: str) -> None:
    """Drop the databases whose names begin so, those of test processes that died included.

    Another run, which started the server, may have stopped it with its own end.
    """
    with suppress(psycopg.OperationalError), _maintaining(url) as connection:
        query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        for (name,) in connection.execute(query, [prefix]).fetchall():
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """In place of pytest-django's, which runs all migrations in each test process.

    What tests start themselves finds this process's database in the environment, as ever.
    """
    from django.db import connection
    from django.test import TransactionTestCase
    from django.urls import get_resolver

    url, template = os.environ["AFTERWORD_DATABASE_URL"], os.environ["TEST_TEMPLATE"]
    own = f"{os.environ['TEST_DATABASES']}_{os.environ.get('PYTEST_XDIST_WORKER', 'only')}"
    with _maintaining(url) as maintaining, django_db_blocker.unblock():
        # One for all: another run, with other migrations, drops what it finds.
        maintaining.execute("SELECT pg_advisory_lock(hashtext('test template'))")
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if not maintaining.execute(query, [template]).fetchone():
            if template.startswith(KEPT_TEMPLATE):
                _drop(url, KEPT_TEMPLATE)
            maintaining.execute(f"DROP DATABASE IF EXISTS {template}_fresh")
            maintaining.execute(f"CREATE DATABASE {template}_fresh")
            _migrate(f"{template}_fresh")
            maintaining.execute(f"ALTER DATABASE {template}_fresh RENAME TO {template}")
        maintaining.execute(f"CREATE DATABASE {own} TEMPLATE {template}")
    connection.settings_dict["NAME"] = own
    _ = get_resolver().url_patterns  # loads all pages now, not in some test's time
    os.environ["AFTERWORD_DATABASE_URL"] = re.sub(NAME, rf"\1/{own}", url, count=1)
    with patch.object(TransactionTestCase, "_fixture_teardown", delete_rows):
        yield


def _migrate(name: str) -> None:
    from django.core.management import call_command
    from django.db import connection

    connection.settings_dict["NAME"] = name
    call_command("migrate", verbosity=0)
    connection.close()


def delete_rows(_: object = None) -> None:
    """What a test committed goes row by row: of the few that there are, quicker than TRUNCATE."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_deletion())


@cache
def _deletion() -> str:
    """Return the statements, which are one transaction."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(TABLES, [list(KEPT)])
        deletions = [f'DELETE FROM "{name}"' for (name,) in cursor.fetchall()]
        return "; ".join([UNCHECKED, *deletions])
