"""A pytest plugin: gives the tests a real PostgreSQL, the embedded one unless one is named."""

import os
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

_running = ExitStack()
DATA = Path(__file__).parent.parent / ".test-data"


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, object, object]:
    """Start it before Django reads its settings. Parallel test processes inherit the address."""
    os.environ.setdefault("AFTERWORD_DATA", str(DATA))
    os.environ.setdefault("AFTERWORD_DNS", "off")  # tests that ask bring a server of their own
    if "AFTERWORD_DATABASE_URL" not in os.environ:
        from afterword.configuration import read_configuration
        from afterword.running.postgres import database

        url = _running.enter_context(database(read_configuration(os.environ)))
        # A name of this run's own, so that two runs at a time leave each other alone.
        os.environ["AFTERWORD_DATABASE_URL"] = url.replace("/afterword?", f"/run_{os.getpid()}?")
    return (yield)


@pytest.fixture(autouse=True)
def _jobs_that_were_committed_go_too(request: pytest.FixtureRequest) -> Generator[None]:
    """The queue's tables are not Django's to empty, and other tests look into them."""
    marker = request.node.get_closest_marker("django_db")
    is_committing = "transactional_db" in request.fixturenames or bool(
        marker and marker.kwargs.get("transaction")
    )
    if is_committing:
        request.getfixturevalue("transactional_db")
    yield
    if is_committing:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


def pytest_unconfigure() -> None:
    _running.close()
