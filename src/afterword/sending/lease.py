"""Who holds a mail, and for how long: a worker's claim lasts while it renews its lease."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection

# A worker renews the lease of what it holds every LEASE / 4.
LEASE = timedelta(seconds=20)


class Held(NamedTuple):
    """A mail, and the attempt under which its worker holds it."""

    id: UUID
    attempt: int


def renew(held: Collection[Held], now: datetime) -> None:
    """Keep what a living worker holds from being taken for a dead worker's.

    Rows that are just being changed are passed over: waiting for them could deadlock.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _RENEW, [now + LEASE, [one.id for one in held], [one.attempt for one in held]]
        )


_RENEW = """
    UPDATE sending_mail SET lease_until = %s
    WHERE id IN (
        SELECT mail.id
        FROM sending_mail AS mail
        JOIN unnest(%s::uuid[], %s::int[]) AS held(id, attempt) USING (id, attempt)
        WHERE mail.state IN ('claimed', 'handing_over')
        FOR UPDATE OF mail SKIP LOCKED
    )
"""
