"""Ask because a program says so: some customers, by one campaign, each with its own decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from afterword.audience.fields import event_property, field_key
from afterword.audience.later_fields import later_fields, read_later
from afterword.campaigns.models import Campaign
from afterword.core.email_address import normalise
from afterword.core.ids import new_id
from afterword.core.jobs import wake
from afterword.customers.meet import Met, Said, Terms, Verb, meet
from afterword.customers.properties import held_types, property_types
from afterword.customers.snapshot import snapshot
from afterword.decisions.decide import decide
from afterword.decisions.facts import facts_of, past_surveys, rules_of
from afterword.decisions.how_often import CAP_WINDOW
from afterword.decisions.models import Decision
from afterword.decisions.reasons import Reason
from afterword.decisions.record import Decided, record
from afterword.decisions.terms import Person, Rules, Verdict
from afterword.occasions.call.occasion_of import occasion_of
from afterword.occasions.occasion import Kind, Occasion
from afterword.suppressions.suppress import look_up_standings
from afterword.surveys.schedule import Asking, schedule
from afterword.surveys.tallies import read_tallies

SOURCE = "API"


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a program names: the address as it was sent, and what it says of the customer."""

    email: str
    traits: Mapping[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """What tells one from another, be it an address or not."""
        return normalise(self.email) or self.email.strip()


@transaction.atomic
def ask_by_call(
    campaign: Campaign, named: Sequence[Named], key: str, delay: timedelta | None, now: datetime
) -> list[Verdict]:
    """Bring the customers up to date, and decide each; return the verdicts in their order.

    `delay` stands for the campaign's delay and time frame. With a `key`, what was decided for an
    address under the same key stands: it is asked once. An address that is named twice is decided
    once.
    """
    once = {one.address: one for one in reversed(named)}
    people = dict(zip(once, _meet(campaign, list(once.values()), now), strict=True))
    occasions = {address: occasion_of(campaign.id, address, key, delay, now) for address in people}
    verdicts = _decided_before(campaign, occasions)
    rest = {address: met for address, met in people.items() if address not in verdicts}
    verdicts |= _decide(campaign, rest, once, occasions, now)
    return [verdicts[one.address] for one in named]


def _meet(campaign: Campaign, named: Sequence[Named], now: datetime) -> list[Met]:
    """This locks the customers, so that of two calls with one key the second sees the first."""
    workspace = campaign.workspace
    types = held_types(workspace.id)
    terms = Terms(workspace.id, types, workspace.keeps_unsent_properties)
    said = [
        Said(Verb.IDENTIFY, (), now, is_trusted=True, addresses=[one.email], traits=one.traits)
        for one in named
    ]
    return meet(terms, said, SOURCE, now, look_up_standings)


def _decided_before(campaign: Campaign, occasions: Mapping[str, Occasion]) -> dict[str, Verdict]:
    by_id = {occasion.id: address for address, occasion in occasions.items()}
    rows = Decision.objects.about(campaign.id, Kind.CALL, by_id)
    return {by_id[row.occasion_id]: Verdict(Reason(row.reason), row.detail) for row in rows}


def _decide(
    campaign: Campaign,
    people: Mapping[str, Met],
    named: Mapping[str, Named],
    occasions: Mapping[str, Occasion],
    now: datetime,
) -> dict[str, Verdict]:
    rules = rules_of(campaign, campaign.workspace, property_types(campaign.workspace_id))
    known = {met.record.id: met.record for met in people.values() if met.record}
    emails = {id_: one.email for id_, one in known.items()}
    past = past_surveys(campaign.workspace_id, emails, now - max(CAP_WINDOW, rules.memory))
    tallies = read_tallies(campaign.workspace_id, [rules], now)
    later = read_later(_asked_of_later_stages(rules), known)
    verdicts: dict[str, Verdict] = {}
    decided, askings = [], []
    for address, met in people.items():
        one, occasion = met.record, occasions[address]
        surveys = past[one.id] if one else []
        fields = _fields(met, named[address], rules, later.get(one.id, {}) if one else {})
        tally = tallies.of(rules, fields)
        facts = facts_of(
            one.standing if one else None,
            is_known=one is not None,
            surveys=surveys,
            fields=fields,
            person=Person(met.email, met.refused_email),
            tally=tally,
        )
        verdict = verdicts[address] = decide(occasion, rules, facts, now)
        if verdict.due_at and one:
            seen = snapshot(one.own, one.tags, one.properties, one.company_id)
            asking = Asking(
                new_id(), campaign, one.id, one.email or "", occasion, verdict.due_at, seen
            )
            verdict.detail["survey_id"] = asking.id
            askings.append(asking)
            tallies.note(rules, tally)
        decided.append(Decided(occasion, campaign.id, one.id if one else None, verdict))
    record(campaign.workspace_id, decided, now)
    schedule(campaign.workspace_id, askings, now)
    if askings:
        transaction.on_commit(lambda: wake("send_due"))
    return verdicts


def _asked_of_later_stages(rules: Rules) -> set[str]:
    return {each.field for each in rules.audience.each_filter()} & later_fields().keys()


def _fields(met: Met, named: Named, rules: Rules, later: Mapping[str, object]) -> dict[str, object]:
    """Return what an audience may look at; what the call says stands for an event's properties."""
    of_event = {
        each.field: named.traits.get(event_property(each.field) or "")
        for each in rules.audience.each_filter()
        if each.is_of_event
    }
    if met.record is None:
        return of_event
    known = {field_key(name): value for name, value in met.record.properties.items()}
    return {**known, **of_event, **met.record.built_in_fields(), **later}
