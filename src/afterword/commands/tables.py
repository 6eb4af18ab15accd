"""What a command needs of the tables before it works on them."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from afterword.running.errors import CannotRun
from afterword.running.making_tables import make_tables


def ready_tables() -> None:
    """Make the tables in a database that has none; raise CannotRun if they are not this release's.

    Tables that are there may be in use by other processes, so that is left to `migrate`.
    """
    executor = MigrationExecutor(connection)
    if not executor.loader.applied_migrations:
        make_tables()
    elif executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CannotRun(
            "The database has the tables of another release: run `afterword migrate`, "
            "or start `afterword up`, and try again."
        )
