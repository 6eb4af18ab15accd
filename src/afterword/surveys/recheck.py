"""Ask once more, at the last moment, whether surveys are to be sent; settle those that are not."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from afterword.campaigns.models import Campaign
from afterword.core.failpoints import failpoint
from afterword.customers.models import Customer
from afterword.customers.standing import FREE, Standing
from afterword.decisions.decide import why_not_now
from afterword.decisions.facts import facts_of, rules_of
from afterword.decisions.how_often import CAP_WINDOW
from afterword.decisions.terms import Facts, PastSurvey, Verdict
from afterword.suppressions.suppress import standings
from afterword.survey_templates.models import Template
from afterword.surveys.lease import Held
from afterword.surveys.models import State, Survey

LOOK_AGAIN = timedelta(minutes=1)  # at a survey that was refused at the last moment


def dismiss_unwanted(surveys: Sequence[Survey], now: datetime) -> list[Survey]:
    """Return those to be sent, with all that sending needs; dismiss or cancel the others.

    Throttle, cap and the rest are asked again here, with the customers locked, so that two
    workers can't both think theirs is the only survey on its way to someone. The surveys are locked
    by the caller, in its transaction.
    """
    _attach(surveys)
    customers = _lock_customers(surveys)
    needless = _needless(surveys, customers)
    verdicts = _why_not([one for one in surveys if one.id not in needless], customers, now)
    _cancel([one for one in surveys if one.id in needless], needless, now)
    _dismiss([one for one in surveys if one.id in verdicts], verdicts, now)
    for survey in surveys:
        survey.customer = customers.get(survey.customer_id) if survey.customer_id else None
    return [one for one in surveys if one.id not in verdicts and one.id not in needless]


@transaction.atomic
def settle_if_needed(held: Collection[Held], now: datetime) -> None:
    """Dismiss or cancel claimed surveys that must not be sent any more, unless others have them."""
    attempts = dict(held)
    rows = Survey.objects.filter(id__in=attempts, state=State.CLAIMED).order_by("id")
    claimed = [one for one in rows.select_for_update() if one.attempt == attempts[one.id]]
    if not claimed:
        return
    rest = {one.id for one in dismiss_unwanted(claimed, now)}
    # What spoke against these has passed, or their campaign is paused: a later claim tells.
    Survey.objects.filter(id__in=rest).update(
        state=State.QUEUED, worker=None, lease_until=None, due_at=now + LOOK_AGAIN
    )
    failpoint("before_settle_commit")


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


def _needless(
    due: Sequence[Survey], customers: Mapping[UUID, Customer]
) -> dict[UUID, dict[str, object]]:
    """Return why surveys have become needless.

    The customer is deleted, or what is to be reminded of was answered, or has bounced after all.
    """
    reminded = {survey.reminds_id for survey in due if survey.reminds_id}
    over = _over(reminded) if reminded else {}
    needless: dict[UUID, dict[str, object]] = {}
    for survey in due:
        if survey.customer_id not in customers:
            needless[survey.id] = {"customer": "deleted"}
        elif survey.reminds_id in over:
            needless[survey.id] = over[survey.reminds_id]
    return needless


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


def _dismiss(dismissed: Sequence[Survey], verdicts: Mapping[UUID, Verdict], now: datetime) -> None:
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
