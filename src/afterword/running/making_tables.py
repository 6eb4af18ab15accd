"""Brings the tables up to this release, and says it where the database's user may not."""

from django.core.management import call_command
from django.db import ProgrammingError
from django.db.migrations.exceptions import MigrationSchemaMissing
from psycopg.errors import InsufficientPrivilege

from afterword.running.errors import CannotRun


def make_tables(verbosity: int = 0) -> None:
    """Run the migrations that are missing; raises CannotRun where the user may not make tables."""
    try:
        call_command("migrate", interactive=False, verbosity=verbosity, skip_checks=verbosity == 0)
    except (MigrationSchemaMissing, ProgrammingError) as error:
        if (denied := _denial_below(error)) is None:
            raise
        raise CannotRun(
            f"The tables cannot be made: {denied.diag.message_primary}. The user of"
            " AFTERWORD_DATABASE_URL has to own the database: ALTER DATABASE … OWNER TO …;"
        ) from None


def _denial_below(error: BaseException | None) -> InsufficientPrivilege | None:
    while error is not None and not isinstance(error, InsufficientPrivilege):
        error = error.__cause__ or error.__context__
    return error
