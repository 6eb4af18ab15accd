"""A database of its own for a measurement, with Django on it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def database(**environment: str) -> Iterator[None]:
    """Start a durable PostgreSQL in a new folder, migrate it and set Django up; once a process."""
    from afterword.configuration import read_configuration
    from afterword.running.postgres import database as running

    with tempfile.TemporaryDirectory(prefix="afterword-bench-") as folder:
        # Run by root, PostgreSQL is another user, who must pass; else its cluster would be made
        # elsewhere, and stay.
        Path(folder).chmod(0o711)
        os.environ |= {"AFTERWORD_DATA": folder, **environment}
        os.environ.pop("AFTERWORD_DATABASE_URL", None)
        with running(read_configuration(os.environ)) as url:
            os.environ["AFTERWORD_DATABASE_URL"] = url
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afterword.settings")
            import django
            from django.core.management import call_command

            django.setup()
            call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
            yield
