"""Claim surveys that are due, and settle those that must not be sent after all."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from afterword.campaigns.models import Campaign, Template
from afterword.core.failpoints import failpoint
from afterword.customers.models import Customer
from afterword.customers.standing import FREE, Standing
from afterword.customers.suppressions import standings
from afterword.decisions.decide import CAP_WINDOW, Facts, PastSurvey, Verdict, why_not_now
from afterword.decisions.facts import facts_of, rules_of
from afterword.surveys.models import State, Survey


class Held(NamedTuple):
    """A survey, and the attempt under which its worker holds it."""

    id: UUID
    attempt: int


class Claim(NamedTuple):
    """What was claimed, and how many were looked at: some must not be sent after all."""

    surveys: list[Survey]
    seen: int


class Waiting(NamedTuple):
    """A campaign of which surveys are due."""

    campaign_id: UUID
    workspace_id: UUID
    is_paused: bool


# A worker renews the lease of what it holds every LEASE / 4; see `renew`.
LEASE = timedelta(seconds=20)
LOOK_AGAIN = timedelta(minutes=1)  # at a survey that was refused at the last moment


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

    Each campaign gets its share, so that a large mailing of one holds up no other.

    Throttle, cap and the rest are asked again here, with the customers locked, so that two
    workers can't both think theirs is the only survey on its way to someone.
    """
    due = _lock_due(campaign_ids, now, limit)
    if not due:
        return Claim([], 0)
    _attach(due)
    customers = _lock_customers(due)
    settled = _settled_meanwhile(due, customers)
    verdicts = _why_not([one for one in due if one.id not in settled], customers, now)
    _cancel([one for one in due if one.id in settled], settled, now)
    _dismiss(due, verdicts, now)
    for survey in due:
        survey.customer = customers.get(survey.customer_id) if survey.customer_id else None
    left = [one for one in due if one.id not in verdicts and one.id not in settled]
    taken = _take(left, worker, now)
    failpoint("before_claim_commit")
    return Claim(taken, len(due))


def is_any_due(now: datetime) -> bool:
    return Survey.objects.filter(state=State.QUEUED, due_at__lte=now).exists()


@transaction.atomic
def settle_if_needed(held: Collection[Held], now: datetime) -> None:
    """Dismiss or cancel claimed surveys that must not be sent any more, unless others have them."""
    attempts = dict(held)
    rows = Survey.objects.filter(id__in=attempts, state=State.CLAIMED).order_by("id")
    claimed = [one for one in rows.select_for_update() if one.attempt == attempts[one.id]]
    if not claimed:
        return
    _attach(claimed)
    customers = _lock_customers(claimed)
    settled = _settled_meanwhile(claimed, customers)
    verdicts = _why_not([one for one in claimed if one.id not in settled], customers, now)
    _cancel([one for one in claimed if one.id in settled], settled, now)
    _dismiss(claimed, verdicts, now)
    # What spoke against the rest has passed, or its campaign is paused: a later claim tells.
    rest = {one.id for one in claimed} - settled.keys() - verdicts.keys()
    Survey.objects.filter(id__in=rest).update(
        state=State.QUEUED, worker=None, lease_until=None, due_at=now + LOOK_AGAIN
    )
    failpoint("before_settle_commit")


def renew(held: Collection[Held], now: datetime) -> None:
    """Keep what a living worker holds from being taken for a dead worker's.

    Rows that are just being changed are passed over: waiting for them could deadlock.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _RENEW, [now + LEASE, [one.id for one in held], [one.attempt for one in held]]
        )


_RENEW = """
    UPDATE surveys_survey SET lease_until = %s
    WHERE id IN (
        SELECT survey.id
        FROM surveys_survey AS survey
        JOIN unnest(%s::uuid[], %s::int[]) AS held(id, attempt) USING (id, attempt)
        WHERE survey.state IN ('claimed', 'handing_over')
        FOR UPDATE OF survey SKIP LOCKED
    )
"""


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


def _settled_meanwhile(
    due: Sequence[Survey], customers: Mapping[UUID, Customer]
) -> dict[UUID, dict[str, object]]:
    """Return why surveys have become needless.

    The customer is deleted, or what is to be reminded of was answered, or has bounced after all.
    """
    reminded = {survey.reminds_id for survey in due if survey.reminds_id}
    over = _over(reminded) if reminded else {}
    settled: dict[UUID, dict[str, object]] = {}
    for survey in due:
        if survey.customer_id not in customers:
            settled[survey.id] = {"customer": "deleted"}
        elif survey.reminds_id in over:
            settled[survey.id] = over[survey.reminds_id]
    return settled


def _over(survey_ids: Collection[UUID]) -> dict[UUID, dict[str, object]]:
    rows = Survey.objects.filter(id__in=survey_ids).values("id", "answered_at", "bounced_at")
    return {
        row["id"]: {name: row[name]}
        for row in rows
        for name in ("bounced_at", "answered_at")
        if row[name]
    }


def _why_not(
    due: Sequence[Survey], customers: Mapping[UUID, Customer], now: datetime
) -> dict[UUID, Verdict]:
    if not due:
        return {}
    sent = _sent_or_on_their_way(due, now)
    standing = standings({(survey.workspace_id, survey.email) for survey in due})
    campaigns = {survey.campaign_id: survey.campaign for survey in due}
    rules = {id_: rules_of(campaign, campaign.workspace, {}) for id_, campaign in campaigns.items()}
    verdicts: dict[UUID, Verdict] = {}
    for survey in due:
        address = survey.workspace_id, survey.email
        customer = customers[survey.customer_id]  # type: ignore[index]  # settled if there is none
        facts = _facts(customer, standing.get(address), sent[address])
        asked = rules[survey.campaign_id]
        if survey.reminds_id:  # the survey it reminds of is no reason to keep it back
            asked = replace(asked, throttle=None)
        if verdict := why_not_now(asked, facts, now):
            verdicts[survey.id] = verdict
        else:
            sent[address].insert(
                0, PastSurvey(survey.id, survey.campaign_id, now, is_waiting=False)
            )
    return verdicts


def _facts(customer: Customer, standing: Standing | None, surveys: Sequence[PastSurvey]) -> Facts:
    """The customer's own columns too: what `begin` will look at must be heard here."""
    known = standing or FREE
    told = known._replace(
        unsubscribed_at=known.unsubscribed_at or customer.unsubscribed_at,
        hard_bounced_at=known.hard_bounced_at or customer.hard_bounced_at,
        undeliverable_at=known.undeliverable_at or customer.undeliverable_at,
        suppressed_at=known.suppressed_at or customer.suppressed_at,
    )
    return facts_of(told, is_known=True, surveys=surveys)


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


def _dismiss(due: Sequence[Survey], verdicts: Mapping[UUID, Verdict], now: datetime) -> None:
    dismissed = [survey for survey in due if survey.id in verdicts]
    for survey in dismissed:
        survey.state = State.DISMISSED
        survey.worker = survey.lease_until = None
        survey.ended_at = now
        survey.reason = verdicts[survey.id].reason
        survey.detail = verdicts[survey.id].detail
    if dismissed:
        Survey.objects.bulk_update(
            dismissed, ["state", "worker", "lease_until", "ended_at", "reason", "detail"]
        )


def _cancel(
    needless: Sequence[Survey], why: Mapping[UUID, dict[str, object]], now: datetime
) -> None:
    for survey in needless:
        survey.state = State.CANCELLED
        survey.worker = survey.lease_until = None
        survey.cancelled_at = now
        survey.detail = why[survey.id]
    if needless:
        Survey.objects.bulk_update(
            needless, ["state", "worker", "lease_until", "cancelled_at", "detail"]
        )


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
