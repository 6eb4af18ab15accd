"""Claim mails that are due, for a worker to send."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from afterword.core.failpoints import failpoint
from afterword.sending.lease import LEASE
from afterword.sending.models import Mail, State
from afterword.sending.paused import IS_PAUSED
from afterword.sending.recheck import dismiss_unwanted


class Claim(NamedTuple):
    """What was claimed, and how many were looked at: some must not be sent after all."""

    mails: list[Mail]
    seen: int


class Waiting(NamedTuple):
    """A stream of which mails are due; `workspace_id` is None where it is no workspace's."""

    stream_id: UUID
    workspace_id: UUID | None
    is_paused: bool


def streams_waiting(now: datetime) -> list[Waiting]:
    """Return the streams of which something is due."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [now])
        return [Waiting(*row) for row in cursor]


def is_any_due(now: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_IS_ANY_DUE, [now])
        return bool(cursor.fetchone()[0])


# The streams of what is queued, one step of the index from each to the next; and of each the row
# that is due first. A plain DISTINCT or EXISTS would read all that waits.
_DUE_STREAMS = """
    WITH RECURSIVE queued AS (
        (SELECT stream_id FROM sending_mail WHERE state = 'queued' ORDER BY stream_id LIMIT 1)
        UNION ALL
        SELECT (
            SELECT stream_id FROM sending_mail
            WHERE state = 'queued' AND stream_id > queued.stream_id
            ORDER BY stream_id LIMIT 1
        )
        FROM queued WHERE queued.stream_id IS NOT NULL
    )
    SELECT due.*
    FROM queued
    CROSS JOIN LATERAL (
        SELECT stream_id, workspace_id FROM sending_mail
        WHERE stream_id = queued.stream_id AND state = 'queued' AND due_at <= %s
        ORDER BY due_at LIMIT 1
    ) AS due
"""
_WAITING = f"""
    SELECT mail.stream_id, mail.workspace_id, {IS_PAUSED} FROM ({_DUE_STREAMS}) AS mail
"""  # noqa: S608  (our own words alone)
_IS_ANY_DUE = f"SELECT EXISTS ({_DUE_STREAMS})"


def hold(stream_ids: Collection[UUID], now: datetime) -> int:
    """Set aside what is due of paused streams, until a person resumes them."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [list(stream_ids), now])
        return int(cursor.rowcount)


_HOLD = f"""
    UPDATE sending_mail AS mail SET state = 'held'
    WHERE stream_id = ANY(%s) AND state = 'queued' AND due_at <= %s AND {IS_PAUSED}
"""  # noqa: S608


@transaction.atomic
def claim_due(worker: UUID, now: datetime, limit: int, stream_ids: Sequence[UUID]) -> Claim:
    """Claim about `limit` due mails: they are held by `worker` and counted as tried once more.

    Each stream gets its share, so that a large mailing of one holds up no other. Those that must
    not be sent after all are not claimed; see `dismiss_unwanted`.
    """
    due = _lock_due(stream_ids, now, limit)
    if not due:
        return Claim([], 0)
    taken = _take(dismiss_unwanted(due, now), worker, now)
    failpoint("before_claim_commit")
    return Claim(taken, len(due))


def _lock_due(stream_ids: Sequence[UUID], now: datetime, limit: int) -> list[Mail]:
    share = max(1, limit // max(1, len(stream_ids)))
    # A stream alone may take all of it; few of many take turns by what they were given.
    return list(Mail.objects.raw(_DUE, [list(stream_ids), now, share]))


# Of a mail, what decides about it and sends it; reading all columns takes twice as long.
_DUE = """
    SELECT mail.*
    FROM unnest(%s::uuid[]) AS wanted(id)
    CROSS JOIN LATERAL (
        SELECT id, workspace_id, kind, about, stream_kind, stream_id, customer_id, recipient,
               attempt, handed_over, refusals, first_refused_at
        FROM sending_mail
        WHERE stream_id = wanted.id AND state = 'queued' AND due_at <= %s
        ORDER BY due_at LIMIT %s
        FOR UPDATE SKIP LOCKED
    ) AS mail
"""


def _take(due: list[Mail], worker: UUID, now: datetime) -> list[Mail]:
    ids = [mail.id for mail in due]
    Mail.objects.filter(id__in=ids).update(
        state=State.CLAIMED,
        attempt=F("attempt") + 1,
        worker=worker,
        lease_until=now + LEASE,
    )
    for mail in due:
        mail.state = State.CLAIMED
        mail.attempt += 1
    return due
