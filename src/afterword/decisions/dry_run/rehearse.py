"""What a campaign would have done with each event of a period: long work, in batches.

Events and their properties are as they were, customers and what stops mail to them as they are
now. Surveys of other campaigns are those that were sent; this campaign's own are those that it
would have made, in the place of its real ones.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.urls import reverse

from afterword.campaigns.models import Campaign
from afterword.customers.properties import property_types
from afterword.decisions.decide import decide
from afterword.decisions.dry_run.on_record import Met, Place, meet, oldest_after
from afterword.decisions.facts import facts_of, past_surveys, rules_of
from afterword.decisions.how_often import CAP_WINDOW
from afterword.decisions.reasons import Reason
from afterword.decisions.terms import PastSurvey, Rules, Verdict
from afterword.long_work.kinds import Line, WorkKind
from afterword.long_work.models import Work

BATCH = 2000
NAMED = 10  # events of each reason that the report names
_FIRST = UUID(int=0)
_Own = dict[str, list[float]]  # by customer: when this campaign's surveys were due, in seconds


def step(work: Work, now: datetime) -> bool:
    """Decide the next events, in the order in which they came."""
    rows = Campaign.objects.filter(id=work.parameters["campaign"], workspace_id=work.workspace_id)
    campaign = rows.select_related("workspace").first()
    if campaign is None:
        return True  # deleted since: nobody asks any more
    rules = replace(
        rules_of(campaign, campaign.workspace, property_types(campaign.workspace_id)),
        is_active=True,
    )
    since, until = (datetime.fromisoformat(work.parameters[name]) for name in ("since", "until"))
    cursor = work.cursor or {"at": since.isoformat(), "id": str(_FIRST), "own": {}}
    place: Place = (datetime.fromisoformat(cursor["at"]), UUID(cursor["id"]))
    events = oldest_after(campaign.workspace_id, work.parameters["events"], place, until, BATCH)
    if events:
        own: _Own = cursor["own"]
        decided = _decide(campaign, rules, meet(campaign.workspace_id, events, rules.audience), own)
        _report(work, decided, ZoneInfo(campaign.workspace.time_zone))
        last = events[-1]
        forget_before = (last.received_at - _memory(rules)).timestamp()
        work.cursor = {
            "at": last.received_at.isoformat(),
            "id": str(last.id),
            "own": {id_: dues for id_, dues in own.items() if dues[-1] >= forget_before},
        }
    work.done += len(events)
    if len(events) == BATCH:
        return False
    work.cursor = None
    return True


def count(workspace_id: UUID, names: Sequence[str], since: datetime, until: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM events_event WHERE workspace_id = %s AND received_at >= %s "
            "AND received_at < %s AND name = ANY(%s)",
            [workspace_id, since, until, list(names)],
        )
        return int(cursor.fetchone()[0])


def _decide(
    campaign: Campaign, rules: Rules, people: Sequence[Met], own: _Own
) -> list[tuple[Met, Verdict]]:
    known = {one.customer.id: one.customer.email for one in people if one.customer}
    began = people[0].event.received_at
    real = past_surveys(campaign.workspace_id, known, began - _memory(rules))
    decided = []
    for one in people:
        at = one.event.received_at
        id_ = one.customer.id if one.customer else None
        past = _past(real.get(id_, ()) if id_ else (), own.get(str(id_), ()), campaign, at)
        facts = facts_of(
            one.customer.standing if one.customer else None,
            is_known=one.is_known,
            surveys=past,
            fields=one.fields,
            person=one.person,
        )
        verdict = decide(one.event.occasion, rules, facts, at)
        if verdict.due_at and id_:
            own.setdefault(str(id_), []).append(verdict.due_at.timestamp())
        decided.append((one, verdict))
    return decided


def _past(
    real: Sequence[PastSurvey], own: Sequence[float], campaign: Campaign, at: datetime
) -> list[PastSurvey]:
    """Return what counted at that moment, the newest first."""
    others = [
        replace(one, is_waiting=False)
        for one in real
        if one.campaign_id != campaign.id and not one.is_waiting and one.at <= at
    ]
    dues = [datetime.fromtimestamp(due, UTC) for due in own]
    ours = [PastSurvey(campaign.id, campaign.id, due, due > at, campaign.priority) for due in dues]
    return sorted([*ours, *others], key=lambda survey: survey.at, reverse=True)


def _memory(rules: Rules) -> timedelta:
    return max(CAP_WINDOW, rules.memory)


def _report(work: Work, decided: Sequence[tuple[Met, Verdict]], zone: ZoneInfo) -> None:
    """Add to the counts by day and reason, and name the first events of each reason."""
    days: dict[str, Counter[str]] = defaultdict(Counter)
    days.update({day: Counter(counts) for day, counts in work.report.get("days", {}).items()})
    named: dict[str, list[Any]] = work.report.get("named", {})
    for one, verdict in decided:
        days[one.event.received_at.astimezone(zone).date().isoformat()][verdict.reason] += 1
        if len(examples := named.setdefault(verdict.reason, [])) < NAMED:
            examples.append(str(one.event.id))
    work.report = {"days": {day: dict(counts) for day, counts in days.items()}, "named": named}


def totals(report: Mapping[str, Any]) -> Counter[Reason]:
    found: Counter[Reason] = Counter()
    for counts in report.get("days", {}).values():
        for reason, number in counts.items():
            found[Reason(reason)] += number
    return found


def _lines(work: Work) -> list[Line]:
    return [Line(reason.label, f"{n:,}") for reason, n in totals(work.report).most_common()]


def _address(work: Work) -> tuple[str, str]:
    return reverse("dry_run:page", args=[work.parameters["campaign"]]), "To the dry run"


DRY_RUN = WorkKind(
    name="decisions.dry_run",
    step=step,
    title=lambda work: f"Dry run of {work.parameters['name']}",
    report=_lines,
    leads_to=_address,
    things="events",
)
