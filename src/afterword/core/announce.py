"""Tell the ingest processes that what they hold in memory has changed."""

from django.db import connection

from afterword.core.channels import LISTENING


def announce() -> None:
    """Say that tokens or campaigns changed; heard when the transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {LISTENING}")
