"""Read what happened and write what each rule owes for it: one delivery each, all in one commit."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from afterword.core.failpoints import failpoint
from afterword.followups.engine.occurrence import Occurrence, occurrences
from afterword.followups.engine.room import Room
from afterword.followups.engine.whose import Whose
from afterword.followups.events import OF_ANSWERS
from afterword.followups.models import Delivery, State
from afterword.followups.rooms import ROOMS
from afterword.followups.rules import READER, Rule
from afterword.happenings.models import Reader
from afterword.happenings.read import Told, read

BATCH = 500
_Seen = dict[tuple[UUID, UUID], Delivery]  # the newest, by rule and subject


def follow(now: datetime, limit: int = BATCH) -> int | None:
    """Follow what happened next; return how many happenings that were, None where another reads.

    Who dies before the commit has read nothing.
    """
    if not Reader.objects.filter(name=READER, workspace=None).exists():
        return 0  # there never was a rule
    with transaction.atomic():
        told = read(READER, limit)
        if told:
            _write(told, now)
            failpoint("before_follow_commit")
    failpoint("after_follow_commit")
    return None if told is None else len(told)


def _write(told: Sequence[Told], now: datetime) -> None:
    workspaces = {one.workspace_id for one in told}
    rules = [
        (room, rule)
        for room in ROOMS
        for rule in room.model._default_manager.filter(
            workspace__in=workspaces, enabled_at__isnull=False
        ).select_related("workspace", "campaign")
    ]
    if not rules:
        return
    happened = occurrences(told)
    seen, done = _before(happened)
    whose = Whose([rule for _, rule in rules], happened)
    for room, rule in rules:
        new: list[tuple[Delivery, Occurrence]] = []
        for occurrence in happened:
            if (rule.id, occurrence.told.id) in done or not _concerns(rule, occurrence):
                continue
            if not whose.means(rule, occurrence, now):
                continue
            if delivery := _owed(room, rule, occurrence, seen, now):
                new.append((delivery, occurrence))
        room.begin(rule, new, now)
        Delivery.objects.bulk_create([delivery for delivery, _ in new])


def _before(happened: Iterable[Occurrence]) -> tuple[_Seen, set[tuple[UUID, int]]]:
    """Return what was written before about the same subjects, and for which happenings."""
    subjects = {one.told.subject_id for one in happened}
    rows = Delivery.objects.filter(subject_id__in=subjects).order_by("created_at", "id")
    rows = rows.filter(happening_id__isnull=False)
    seen: _Seen = {}
    done: set[tuple[UUID, int]] = set()
    for row in rows:
        assert row.subject_id
        assert row.happening_id
        if row.kind in OF_ANSWERS:
            seen[row.rule_id, row.subject_id] = row
        done.add((row.rule_id, row.happening_id))
    return seen, done


def _concerns(rule: Rule, occurrence: Occurrence) -> bool:
    told = occurrence.told
    if told.workspace_id != rule.workspace_id or not rule.enabled_at:
        return False
    if told.at < rule.enabled_at:
        return False
    of = occurrence.campaigns
    return rule.campaign_id is None or of is None or rule.campaign_id in of


def _owed(
    room: Room, rule: Rule, occurrence: Occurrence, seen: _Seen, now: datetime
) -> Delivery | None:
    """Return the new delivery, if there is to be one. One that waits may become due instead."""
    due_at = room.due(rule, occurrence, now)
    if due_at is None:
        return None
    told = occurrence.told
    is_answer = told.kind in OF_ANSWERS  # what becomes of one later is told each time
    earlier = seen.get((rule.id, told.subject_id)) if is_answer else None
    if earlier and _waits(earlier, now) and due_at <= now:
        room.hasten(earlier, now)
        return None
    if earlier and (room.is_once or _waits(earlier, now)):
        return None
    delivery = Delivery(
        workspace_id=rule.workspace_id,
        happening_id=told.id,
        kind=told.kind,
        subject_id=told.subject_id,
        happened_at=told.at,
        due_at=due_at,
        created_at=now,
        **{f"{room.name}_id": rule.id},
    )
    if is_answer:
        seen[rule.id, told.subject_id] = delivery
    return delivery


def _waits(delivery: Delivery, now: datetime) -> bool:
    is_untried = delivery.attempt == 0 and delivery.state in {
        State.WAITING,
        State.MAILED,
        State.GATHERED,
    }
    return is_untried and delivery.due_at > now


def forget_old(now: datetime) -> None:
    """Remove deliveries, with their tries, of more than 30 days ago."""
    old = Delivery.objects.filter(created_at__lt=now - timedelta(days=30))
    while ids := list(old.filter(~Q(state=State.WAITING)).values_list("id", flat=True)[:1000]):
        Delivery.objects.filter(id__in=ids).delete()
