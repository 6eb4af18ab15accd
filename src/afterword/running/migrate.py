"""`afterword migrate`: brings the database's tables up to this release."""

import argparse

from afterword.configuration import Configuration


def run(arguments: argparse.Namespace, configuration: Configuration) -> int:
    migrate(verbosity=1)
    return 0


def migrate(verbosity: int = 0) -> None:
    """Migrate; and what the clock would do too late for a database that slept, or was restored."""
    from afterword.core.clock import database_now
    from afterword.running.making_tables import make_tables
    from afterword.schedule import keep_happenings

    make_tables(verbosity)
    keep_happenings(database_now())
