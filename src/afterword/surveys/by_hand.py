"""Ask by hand: one customer or many, by a campaign and its template, be it on or off."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterword.campaigns.models import Campaign, Channel
from afterword.core.ids import new_id
from afterword.core.jobs import wake
from afterword.customers.models import Customer
from afterword.customers.record import Record
from afterword.customers.snapshot import snapshot
from afterword.customers.upsert import load_locked
from afterword.decisions.decide import decide
from afterword.decisions.facts import facts_of, past_surveys, rules_of
from afterword.decisions.how_often import CAP_WINDOW
from afterword.decisions.models import Decision
from afterword.decisions.reasons import Reason
from afterword.decisions.record import Decided
from afterword.decisions.record import record as record_all
from afterword.decisions.terms import Facts, PastSurvey, Person, Verdict
from afterword.occasions.hand.occasion_of import occasion_of
from afterword.occasions.occasion import Kind, Occasion
from afterword.suppressions.suppress import look_up_standings
from afterword.surveys.schedule import Asking, schedule
from afterword.workspaces.models import Member, User, WorkspaceRows


def campaigns_to_ask_by(member: Member) -> WorkspaceRows[Campaign]:
    """Those that go by e-mail and have a template, on or off."""
    rows = Campaign.objects.visible_to(member)
    return rows.filter(channel=Channel.EMAIL, template__isnull=False).order_by("name")


def ask_by_hand(
    customer: Customer, campaign: Campaign, member: Member, occasion_id: UUID, now: datetime
) -> Verdict:
    """Queue a survey, unless something stops mail to the customer: then the verdict says what.

    Asked again with the same occasion, it says what was decided at first.
    """
    [verdict] = ask_all_by_hand({customer.id: occasion_id}, campaign, member.user, now).values()
    return verdict


@transaction.atomic
def ask_all_by_hand(
    occasions: Mapping[UUID, UUID], campaign: Campaign, by: User | None, now: datetime
) -> dict[UUID, Verdict]:
    """Queue a survey for each of these customers, each with an occasion of their own.

    Sample, audience, delay, throttle and the campaign's switch are no reasons not to; a day's cap
    is one. Who is asked again with the same occasion is not. Returns the verdicts by customer, of
    those that there are; the number of queries does not depend on how many.
    """
    workspace = campaign.workspace
    known = load_locked(workspace.id, [], occasions)
    found = _decided_before(campaign, occasions)
    new = [record for record in known if record.id not in found]
    look_up_standings(workspace.id, new)
    past = past_surveys(workspace.id, {one.id: one.email for one in new}, now - CAP_WINDOW)
    rules = rules_of(campaign, workspace, {})
    askings, decided = [], []
    for record in new:
        occasion = occasion_of(occasions[record.id], now)
        verdict = decide(occasion, rules, _facts(record, past[record.id]), now)
        verdict.detail["by"] = str(by.id) if by else None
        if verdict.due_at and record.email:
            askings.append(_asking(record, record.email, campaign, occasion, verdict.due_at))
            verdict.detail["survey_id"] = askings[-1].id
        decided.append(Decided(occasion, campaign.id, record.id, verdict))
        found[record.id] = verdict
    schedule(workspace.id, askings, now)
    record_all(workspace.id, decided, now)
    if askings:
        transaction.on_commit(lambda: wake("send_due"))
    return found


def _decided_before(campaign: Campaign, occasions: Mapping[UUID, UUID]) -> dict[UUID, Verdict]:
    whose = {occasion: customer for customer, occasion in occasions.items()}
    rows = Decision.objects.about(campaign.id, Kind.HAND, whose)
    return {whose[row.occasion_id]: Verdict(Reason(row.reason), row.detail) for row in rows}


def _facts(record: Record, surveys: Sequence[PastSurvey]) -> Facts:
    return facts_of(record.standing, is_known=True, surveys=surveys, person=Person(record.email))


def _asking(
    record: Record, email: str, campaign: Campaign, occasion: Occasion, due_at: datetime
) -> Asking:
    seen = snapshot(record.own, record.tags, record.properties, record.company_id)
    return Asking(new_id(), campaign, record.id, email, occasion, due_at, seen)
