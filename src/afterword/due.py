"""The path of what is due by the clock: customer → decision → survey, for regular campaigns.

The other way to a survey than an event's (`flow.py`), through the same `decide`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from django.db import transaction

from afterword.audience.fields import field_key
from afterword.audience.later_fields import later_fields, read_later
from afterword.campaigns.models import Campaign, CampaignType, Channel
from afterword.campaigns.time_frame import USUAL, midnight, read_time_frame
from afterword.core.failpoints import failpoint
from afterword.core.ids import new_id
from afterword.core.jobs import wake
from afterword.customers.properties import property_types
from afterword.customers.record import Record
from afterword.customers.snapshot import snapshot
from afterword.customers.upsert import load_locked
from afterword.decisions.daily_limit import room_today, take_turn
from afterword.decisions.decide import decide
from afterword.decisions.facts import facts_of, past_surveys, rules_of
from afterword.decisions.how_often import CAP_WINDOW
from afterword.decisions.models import Decision
from afterword.decisions.record import Decided, record
from afterword.decisions.terms import PastSurvey, Person, Rules
from afterword.occasions.due_date.due import Place, next_due, occasion_of
from afterword.occasions.occasion import Kind, Occasion
from afterword.suppressions.suppress import look_up_standings
from afterword.surveys.schedule import Asking, schedule
from afterword.surveys.shown import surveys_on_pages

BATCH = 1000


def ask_all_due(now: datetime) -> int:
    """Decide everybody who is due for a regular campaign that is on; return how many are asked.

    May run twice at once and die anywhere: each batch commits as a whole, and who has a survey
    waiting is not due.
    """
    rows = Campaign.objects.filter(
        type=CampaignType.REGULAR, channel=Channel.EMAIL, activated_at__isnull=False
    )
    asked = sum(ask_due(campaign, now) for campaign in rows.select_related("workspace"))
    if asked:
        wake("send_due")
    return asked


def ask_due(campaign: Campaign, now: datetime) -> int:
    """Decide who is due for one campaign, up to its daily limit; the rest is due tomorrow too."""
    rules = rules_of(campaign, campaign.workspace, property_types(campaign.workspace_id))
    place: Place | None = None
    asked = 0
    while True:
        with transaction.atomic():
            room = room_today(campaign, now)
            if room == 0 or not take_turn(campaign, waits=False):
                return asked
            most = BATCH if room is None else min(BATCH, room)
            places = next_due(campaign, rules.audience, place, now, most)
            asked += _decide(campaign, rules, [each.id for each in places], now)
            failpoint("before_due_commit")
        if not places:
            return asked
        place = places[-1]


def _decide(campaign: Campaign, rules: Rules, ids: Sequence[UUID], now: datetime) -> int:
    workspace = campaign.workspace
    records = load_locked(workspace.id, [], ids)
    look_up_standings(workspace.id, records)
    since = now - max(CAP_WINDOW, rules.memory)
    past = past_surveys(workspace.id, {one.id: one.email for one in records}, since)
    on_pages = surveys_on_pages([one.id for one in records], since)
    later = read_later(_later_fields(rules), [one.id for one in records])
    frame = read_time_frame(campaign.time_frame or USUAL, workspace.time_zone)
    assert frame
    day = midnight(now, workspace.time_zone)
    decided, askings = [], []
    known = _known_today(campaign, [occasion_of(campaign, id_, day, now).id for id_ in ids])
    for one in records:
        occasion = occasion_of(campaign, one.id, day, now)
        if occasion.id in known:
            continue
        fields = _fields(one, later)
        facts = facts_of(
            one.standing,
            is_known=True,
            surveys=[*past[one.id], *on_pages[one.id]],
            fields=fields,
            person=Person(one.email),
        )
        verdict = decide(occasion, rules, facts, now)
        if verdict.due_at:
            at = frame.of(fields).spread(now, _share(occasion.id))
            asking = _asking(campaign, one, occasion, at)
            verdict = replace(
                verdict, detail={**verdict.detail, "due_at": at, "survey_id": asking.id}, due_at=at
            )
            askings.append(asking)
            waits = PastSurvey(asking.id, campaign.id, at, True, campaign.priority)
            past[one.id].insert(0, waits)
        decided.append(Decided(occasion, campaign.id, one.id, verdict))
    record(workspace.id, decided, now)
    schedule(workspace.id, askings, now)
    return len(askings)


def _later_fields(rules: Rules) -> set[str]:
    return {each.field for each in rules.audience.each_filter()} & later_fields().keys()


def _known_today(campaign: Campaign, occasion_ids: Sequence[UUID]) -> set[UUID]:
    rows = Decision.objects.about(campaign.id, Kind.DUE_DATE, occasion_ids)
    return set(rows.values_list("occasion_id", flat=True))


def _fields(customer: Record, later: Mapping[UUID, Mapping[str, object]]) -> dict[str, object]:
    known = {field_key(name): value for name, value in customer.properties.items()}
    return {**known, **customer.built_in_fields(), **later.get(customer.id, {})}


def _share(occasion_id: UUID) -> float:
    """A number in [0, 1) that is always the same for an occasion: so a wave is spread evenly."""
    return int.from_bytes(blake2b(occasion_id.bytes, digest_size=6).digest()) / 2**48


def _asking(campaign: Campaign, one: Record, occasion: Occasion, at: datetime) -> Asking:
    facts = snapshot(one.own, one.tags, one.properties, one.company_id)
    return Asking(new_id(), campaign, one.id, one.email or "", occasion, at, facts)
