"""Claim surveys that are due, and dismiss those that must not be sent after all."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from afterword.campaigns.models import Campaign, Template
from afterword.customers.models import Customer
from afterword.decisions.decide import CAP_WINDOW, Facts, PastSurvey, Verdict, why_not_now
from afterword.decisions.facts import rules_of
from afterword.surveys.models import State, Survey


class Held(NamedTuple):
    """A survey, and the attempt under which its worker holds it."""

    id: UUID
    attempt: int


# A worker renews the lease of what it holds every LEASE / 4; see `renew`.
LEASE = timedelta(seconds=20)


# Of a survey, to decide about it and to send it; reading all columns takes twice as long.
_NEEDED = (
    "workspace_id",
    "campaign_id",
    "template_id",
    "customer_id",
    "email",
    "answer_token",
    "unsubscribe_token",
    "attempt",
    "refusals",
    "first_refused_at",
)


@transaction.atomic
def claim_due(worker: UUID, now: datetime, limit: int) -> list[Survey]:
    """Return up to `limit` due surveys, now held by `worker` and counted as tried once more.

    Throttle, cap and the rest are asked again here, with the customers locked, so that two
    workers can't both think theirs is the only survey on its way to someone.
    """
    due = list(
        Survey.objects.filter(state=State.QUEUED, due_at__lte=now)
        .only(*_NEEDED)
        .order_by("due_at")
        .select_for_update(skip_locked=True)[:limit]
    )
    if not due:
        return []
    _attach(due)
    customers = _lock_customers(due)
    verdicts = _why_not(due, customers, now)
    _dismiss(due, verdicts)
    for survey in due:
        survey.customer = customers.get(survey.customer_id) if survey.customer_id else None
    return _take([survey for survey in due if survey.id not in verdicts], worker, now)


def is_any_due(now: datetime) -> bool:
    return Survey.objects.filter(state=State.QUEUED, due_at__lte=now).exists()


@transaction.atomic
def dismiss_if_needed(held: Held, now: datetime) -> None:
    """Dismiss a claimed survey that must not be sent any more, unless someone else has it."""
    claimed = list(
        Survey.objects.filter(
            id=held.id, attempt=held.attempt, state=State.CLAIMED
        ).select_for_update()
    )
    if claimed:
        _attach(claimed)
        _dismiss(claimed, _why_not(claimed, _lock_customers(claimed), now))


@transaction.atomic
def renew(worker: UUID, now: datetime) -> None:
    """Keep what `worker` holds from being taken for a dead worker's.

    Rows that are just being changed are passed over: waiting for them could deadlock.
    """
    held = Survey.objects.filter(worker=worker, state__in=(State.CLAIMED, State.HANDING_OVER))
    ids = list(held.select_for_update(skip_locked=True).values_list("id", flat=True))
    Survey.objects.filter(id__in=ids).update(lease_until=now + LEASE)


def _attach(surveys: Sequence[Survey]) -> None:
    """Give the surveys their campaigns, templates and workspaces: few rows, shared by many."""
    campaigns = Campaign.objects.select_related("workspace").in_bulk(
        {survey.campaign_id for survey in surveys}
    )
    templates = Template.objects.in_bulk({survey.template_id for survey in surveys})
    for survey in surveys:
        survey.campaign = campaigns[survey.campaign_id]
        survey.template = templates[survey.template_id]
        survey.workspace = survey.campaign.workspace


def _lock_customers(due: Sequence[Survey]) -> dict[UUID, Customer]:
    ids = {survey.customer_id for survey in due if survey.customer_id}
    locked = (
        Customer.objects.filter(id__in=ids)
        .defer("changed_at", "created_at", "updated_at", "last_surveyed_at")
        .order_by("id")
        .select_for_update(no_key=True)
    )
    return {customer.id: customer for customer in locked}


def _why_not(
    due: Sequence[Survey], customers: dict[UUID, Customer], now: datetime
) -> dict[UUID, Verdict]:
    sent = _sent_or_on_their_way(due, now)
    campaigns = {survey.campaign_id: survey.campaign for survey in due}
    rules = {id_: rules_of(campaign, campaign.workspace, {}) for id_, campaign in campaigns.items()}
    verdicts: dict[UUID, Verdict] = {}
    for survey in due:
        others = sent[survey.workspace_id, survey.email]
        facts = _facts(customers.get(survey.customer_id) if survey.customer_id else None, others)
        if verdict := why_not_now(rules[survey.campaign_id], facts, now):
            verdicts[survey.id] = verdict
        else:
            others.insert(0, PastSurvey(survey.id, survey.campaign_id, now, is_waiting=False))
    return verdicts


def _facts(customer: Customer | None, surveys: Sequence[PastSurvey]) -> Facts:
    if customer is None:  # deleted meanwhile
        return Facts(surveys=surveys)
    return Facts(
        is_known=True,
        unsubscribed_at=customer.unsubscribed_at,
        hard_bounced_at=customer.hard_bounced_at,
        undeliverable_at=customer.undeliverable_at,
        suppressed_at=customer.suppressed_at,
        surveys=surveys,
    )


def _sent_or_on_their_way(
    due: Sequence[Survey], now: datetime
) -> dict[tuple[UUID, str], list[PastSurvey]]:
    days = max(survey.campaign.throttle_days or 0 for survey in due)
    sent: dict[tuple[UUID, str], list[PastSurvey]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            _SENT,
            [
                sorted({survey.workspace_id for survey in due}),
                sorted({survey.email for survey in due}),
                [survey.id for survey in due],
                now - max(CAP_WINDOW, timedelta(days=days)),
            ],
        )
        for workspace_id, email, id_, campaign_id, at in cursor:
            sent[workspace_id, email].append(PastSurvey(id_, campaign_id, at, is_waiting=False))
    return sent


_SENT = """
    SELECT workspace_id, email, id, campaign_id, coalesce(sent_at, now())
    FROM surveys_survey
    WHERE workspace_id = ANY(%s) AND email = ANY(%s) AND id <> ALL(%s)
      AND (sent_at > %s OR state IN ('claimed', 'handing_over'))
    ORDER BY 5 DESC
"""


def _dismiss(due: Sequence[Survey], verdicts: dict[UUID, Verdict]) -> None:
    dismissed = [survey for survey in due if survey.id in verdicts]
    for survey in dismissed:
        survey.state = State.DISMISSED
        survey.reason = verdicts[survey.id].reason
        survey.detail = verdicts[survey.id].detail
    Survey.objects.bulk_update(dismissed, ["state", "reason", "detail"])


def _take(due: Sequence[Survey], worker: UUID, now: datetime) -> list[Survey]:
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
    return list(due)
