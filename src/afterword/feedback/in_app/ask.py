"""Is there something for this visitor? Who is due is asked now; what waits for them is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterword.audience.fields import field_key
from afterword.audience.later_fields import later_fields, read_later
from afterword.campaigns.models import Campaign, CampaignType, Channel
from afterword.campaigns.time_frame import midnight, read_time_frame
from afterword.core.ids import new_id
from afterword.customers.language import wanted_language
from afterword.customers.models import Customer
from afterword.customers.properties import property_types
from afterword.customers.record import Record
from afterword.customers.snapshot import snapshot
from afterword.customers.upsert import load_locked
from afterword.decisions.daily_limit import room_today, take_turn
from afterword.decisions.decide import decide, why_not_now
from afterword.decisions.facts import facts_of, past_surveys, rules_of
from afterword.decisions.how_often import CAP_WINDOW
from afterword.decisions.models import Decision
from afterword.decisions.record import Decided, record
from afterword.decisions.terms import PastSurvey, Person, Rules
from afterword.occasions.due_date.due import due, occasion_of
from afterword.suppressions.suppress import look_up_standings
from afterword.survey_templates.document import language_for
from afterword.survey_templates.versions import current_of
from afterword.surveys.in_app.offers import lock_surveys, open_offers, withdraw
from afterword.surveys.models import Invitation
from afterword.surveys.schedule import Asking, schedule
from afterword.surveys.shown import surveys_on_pages
from afterword.workspaces.models import Workspace

MOST = 5  # surveys that a page is told of; it shows one of them


@transaction.atomic
def what_to_show(
    workspace: Workspace, customer: Customer, language: str, now: datetime
) -> list[Invitation]:
    """Return the surveys that a page may show to a customer, the most important first.

    `language` is the page's, for whom nothing else is known. Each is asked of the rules once more:
    what must not be shown after all is withdrawn; what is outside of its time frame waits. Of two
    pages that ask at once, the second waits.
    """
    regular = _due_campaigns(workspace, customer, now)
    offers = _in_frame(customer, now)
    if not regular and not offers:
        return []
    lock_surveys(offers, waits=True)
    [known] = load_locked(workspace.id, [], [customer.id])
    look_up_standings(workspace.id, [known])
    for campaign, rules in regular:
        _ask(campaign, rules, known, now)
    offers = _in_frame(customer, now)
    held = lock_surveys(offers, waits=False)  # another page may have made some meanwhile
    offers = [one for one in offers if one.survey_id in held and _may_be_shown(one, known, now)]
    for offer in offers[:MOST]:
        _take_version(offer, wanted_language(customer.properties) or language, now)
    return offers[:MOST]


def _in_frame(customer: Customer, now: datetime) -> list[Invitation]:
    """Return the open offers that may be shown at this hour."""
    offers = open_offers(customer.id, now)
    return [one for one in offers if _is_open(one.survey.campaign, customer, now)]


def _is_open(campaign: Campaign, customer: Customer, now: datetime) -> bool:
    """Of a campaign by mail, whose reminder this is, the time frame is that of its mails."""
    frame = read_time_frame(campaign.time_frame, campaign.workspace.time_zone)
    if frame is None or not campaign.is_in_app:
        return True
    return frame.of(customer.properties).opens(now) <= now


def _due_campaigns(
    workspace: Workspace, customer: Customer, now: datetime
) -> list[tuple[Campaign, Rules]]:
    """Return the regular campaigns that the customer is due for now, with their rules."""
    rows = Campaign.objects.filter(
        workspace=workspace,
        channel=Channel.IN_APP,
        type=CampaignType.REGULAR,
        activated_at__isnull=False,
    )
    ordered = rows.select_related("workspace").order_by("-priority", "id")
    opened = [one for one in ordered if _is_open(one, customer, now)]
    campaigns = [one for one in opened if room_today(one, now) != 0]
    types = property_types(workspace.id) if campaigns else {}
    ruled = [(campaign, rules_of(campaign, workspace, types)) for campaign in campaigns]
    return [
        (campaign, rules)
        for campaign, rules in ruled
        if due(campaign, rules.audience, now).filter(id=customer.id).exists()
    ]


def _ask(campaign: Campaign, rules: Rules, known: Record, now: datetime) -> None:
    """Decide for one who is due; being due on a day is one occasion, however many pages ask."""
    past = _past(campaign.workspace_id, known, rules, now)
    if any(one.is_waiting and one.campaign_id == campaign.id for one in past):
        return
    day = midnight(now, campaign.workspace.time_zone)
    occasion = occasion_of(campaign, known.id, day, now)
    if Decision.objects.filter(campaign=campaign, occasion_id=occasion.id).exists():
        return
    if campaign.daily_limit and take_turn(campaign, waits=True) and not room_today(campaign, now):
        return
    theirs = {field_key(name): value for name, value in known.properties.items()}
    facts = facts_of(
        known.standing,
        is_known=True,
        surveys=past,
        fields={**theirs, **known.built_in_fields(), **_later(rules, known)},
        person=Person(known.email),
    )
    verdict = decide(occasion, rules, facts, now)
    if verdict.due_at:
        seen = snapshot(known.own, known.tags, known.properties, known.company_id)
        asking = Asking(
            new_id(), campaign, known.id, known.email or "", occasion, verdict.due_at, seen
        )
        verdict.detail["survey_id"] = asking.id
        schedule(campaign.workspace_id, [asking], now)
    record(campaign.workspace_id, [Decided(occasion, campaign.id, known.id, verdict)], now)


def _later(rules: Rules, known: Record) -> Mapping[str, object]:
    """What the audience asks of later stages."""
    asked = {each.field for each in rules.audience.each_filter()} & later_fields().keys()
    return read_later(asked, [known.id]).get(known.id, {})


def _past(workspace_id: UUID, known: Record, rules: Rules, now: datetime) -> Sequence[PastSurvey]:
    since = now - max(CAP_WINDOW, rules.memory)
    mailed = past_surveys(workspace_id, {known.id: known.email}, since)
    return [*mailed[known.id], *surveys_on_pages([known.id], since)[known.id]]


def _may_be_shown(offer: Invitation, known: Record, now: datetime) -> bool:
    """Ask the rules once more; whom it was shown before, or is reminded, no other survey spares."""
    campaign = offer.survey.campaign
    rules = replace(rules_of(campaign, campaign.workspace, {}), goes_by_mail=False)
    if offer.shown_at or offer.is_reminder:
        rules = replace(rules, throttle=None, fatigue=None)
    others = [one for one in _past(campaign.workspace_id, known, rules, now) if one.id != offer.id]
    person = Person(known.email)
    facts = facts_of(known.standing, is_known=True, surveys=others, person=person)
    verdict = why_not_now(rules, facts, now)
    if verdict and not offer.shown_at:
        withdraw(offer, verdict, now)
    return verdict is None


def _take_version(offer: Invitation, language: str, now: datetime) -> None:
    """Note with what words it is shown; what was shown once stays as it was."""
    if offer.shown_at and offer.version_id:
        return
    offer.version = current_of(offer.template, now)
    offer.language = language_for(offer.version.said, language)
    taken = {"version": offer.version, "language": offer.language}
    Invitation.objects.filter(id=offer.id).update(**taken)
