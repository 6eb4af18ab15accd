"""Ask by hand: one survey for one customer, by a campaign and its template, be it on or off."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterword.campaigns.models import Campaign, Channel
from afterword.core.ids import new_id
from afterword.core.jobs import wake
from afterword.customers.models import Customer
from afterword.customers.snapshot import snapshot
from afterword.customers.upsert import load_locked
from afterword.decisions.decide import decide
from afterword.decisions.facts import facts_of, past_surveys, rules_of
from afterword.decisions.how_often import CAP_WINDOW
from afterword.decisions.models import Decision
from afterword.decisions.reasons import Reason
from afterword.decisions.record import Decided, record
from afterword.decisions.terms import Person, Verdict
from afterword.occasions.hand.occasion_of import occasion_of
from afterword.occasions.occasion import Kind
from afterword.suppressions.suppress import look_up_standings
from afterword.surveys.schedule import Asking, schedule
from afterword.workspaces.models import Member, WorkspaceRows


def campaigns_to_ask_by(member: Member) -> WorkspaceRows[Campaign]:
    """Those that go by e-mail and have a template, on or off."""
    rows = Campaign.objects.visible_to(member)
    return rows.filter(channel=Channel.EMAIL, template__isnull=False).order_by("name")


@transaction.atomic
def ask_by_hand(
    customer: Customer, campaign: Campaign, member: Member, occasion_id: UUID, now: datetime
) -> Verdict:
    """Queue a survey, unless something stops mail to the customer: then the verdict says what.

    Sample, audience, delay, throttle and the campaign's switch are no reasons; a day's cap is one.
    Asked again with the same occasion, it says what was decided at first.
    """
    [known] = load_locked(customer.workspace_id, [], [customer.id])
    if before := Decision.objects.about(campaign.id, Kind.HAND, [occasion_id]).first():
        return Verdict(Reason(before.reason), before.detail)
    look_up_standings(customer.workspace_id, [known])
    past = past_surveys(customer.workspace_id, {known.id: known.email}, now - CAP_WINDOW)
    rules = rules_of(campaign, member.workspace, {})
    facts = facts_of(
        known.standing, is_known=True, surveys=past[known.id], person=Person(known.email)
    )
    occasion = occasion_of(occasion_id, now)
    verdict = decide(occasion, rules, facts, now)
    verdict.detail["by"] = str(member.user_id)
    if verdict.due_at and known.email:
        seen = snapshot(known.own, known.tags, known.properties, known.company_id)
        asking = Asking(new_id(), campaign, known.id, known.email, occasion, verdict.due_at, seen)
        verdict.detail["survey_id"] = asking.id
        schedule(customer.workspace_id, [asking], now)
        transaction.on_commit(lambda: wake("send_due"))
    record(customer.workspace_id, [Decided(occasion, campaign.id, known.id, verdict)], now)
    return verdict
