"""Claim surveys that are due, for a worker to send."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from afterword.core.failpoints import failpoint
from afterword.surveys.lease import LEASE
from afterword.surveys.models import State, Survey
from afterword.surveys.recheck import dismiss_unwanted


class Claim(NamedTuple):
    """What was claimed, and how many were looked at: some must not be sent after all."""

    surveys: list[Survey]
    seen: int


class Waiting(NamedTuple):
    """A campaign of which surveys are due."""

    campaign_id: UUID
    workspace_id: UUID
    is_paused: bool


def campaigns_waiting(now: datetime) -> list[Waiting]:
    """Return the campaigns of which something is due."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [now])
        return [Waiting(*row) for row in cursor]


# Ordered and limited, so that one row of the index is read for each campaign: of a plain EXISTS,
# PostgreSQL makes a join that reads all that waits.
_WAITING = """
    SELECT campaign.id, campaign.workspace_id, campaign.paused_at IS NOT NULL
    FROM campaigns_campaign AS campaign
    CROSS JOIN LATERAL (
        SELECT FROM surveys_survey
        WHERE campaign_id = campaign.id AND state = 'queued' AND due_at <= %s
        ORDER BY due_at LIMIT 1
    ) AS due
"""


def hold(campaign_ids: Collection[UUID], now: datetime) -> int:
    """Set aside what is due of paused campaigns, until a person resumes them."""
    due = Survey.objects.filter(
        campaign_id__in=campaign_ids,
        campaign__paused_at__isnull=False,
        state=State.QUEUED,
        due_at__lte=now,
    )
    return due.update(state=State.HELD)


@transaction.atomic
def claim_due(worker: UUID, now: datetime, limit: int, campaign_ids: Sequence[UUID]) -> Claim:
    """Claim about `limit` due surveys: they are held by `worker` and counted as tried once more.

    Each campaign gets its share, so that a large mailing of one holds up no other. Those that must
    not be sent after all are not claimed; see `dismiss_unwanted`.
    """
    due = _lock_due(campaign_ids, now, limit)
    if not due:
        return Claim([], 0)
    taken = _take(dismiss_unwanted(due, now), worker, now)
    failpoint("before_claim_commit")
    return Claim(taken, len(due))


def is_any_due(now: datetime) -> bool:
    return Survey.objects.filter(state=State.QUEUED, due_at__lte=now).exists()


def _lock_due(campaign_ids: Sequence[UUID], now: datetime, limit: int) -> list[Survey]:
    share = max(1, limit // max(1, len(campaign_ids)))
    # A campaign alone may take all of it; few of many take turns by what they were given.
    return list(Survey.objects.raw(_DUE, [list(campaign_ids), now, share]))


# Of a survey, what decides about it and sends it; reading all columns takes twice as long.
_DUE = """
    SELECT survey.*
    FROM unnest(%s::uuid[]) AS wanted(id)
    CROSS JOIN LATERAL (
        SELECT id, workspace_id, campaign_id, template_id, customer_id, reminds_id, email,
               answer_token, unsubscribe_token, attempt, refusals, first_refused_at
        FROM surveys_survey
        WHERE campaign_id = wanted.id AND state = 'queued' AND due_at <= %s
        ORDER BY due_at LIMIT %s
        FOR UPDATE SKIP LOCKED
    ) AS survey
"""


def _take(due: list[Survey], worker: UUID, now: datetime) -> list[Survey]:
    ids = [survey.id for survey in due]
    Survey.objects.filter(id__in=ids).update(
        state=State.CLAIMED,
        attempt=F("attempt") + 1,
        worker=worker,
        lease_until=now + LEASE,
    )
    for survey in due:
        survey.state = State.CLAIMED
        survey.attempt += 1
    return due
