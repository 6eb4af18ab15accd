"""Note at rules whether anything gets through, and switch off those where trying on is in vain."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models.functions import Coalesce

from afterword.followups.engine.claim import cancel_waiting
from afterword.followups.engine.notice import tell
from afterword.followups.engine.room import Room
from afterword.followups.engine.settle import WORDS_LIMIT, Tried
from afterword.followups.models import Delivery
from afterword.followups.rooms import ROOMS
from afterword.followups.rules import Rule, save

GIVE_UP_AFTER = timedelta(days=5)


def note_tries(tried: Sequence[Tried], now: datetime) -> None:
    """Note what they say of their rules; part of a transaction.

    A query for each kind of rule, and a few for each rule that failed.
    """
    for room in ROOMS:
        of_room = [one for one in tried if one.delivery.rule_name == room.name]
        got_through = {one.delivery.rule_id for one in of_room if one.reply.is_taken}
        if got_through:
            rows = room.model._default_manager.filter(id__in=got_through)
            rows.filter(failing_since__isnull=False).update(failing_since=None, problem="")
        for one in _failed(of_room):
            _fail(room, one, now)


def note_problem(room: Room, rule_id: UUID, words: str, now: datetime) -> None:
    rows = room.model._default_manager.filter(id=rule_id)
    rows.update(failing_since=Coalesce("failing_since", now), problem=words[:WORDS_LIMIT])


def _failed(tried: Iterable[Tried]) -> list[Tried]:
    """Return a failed try of each rule whose last one failed, or one that no other will mend."""
    last: dict[UUID, Tried] = {}
    for one in tried:
        before = last.get(one.delivery.rule_id)
        if before is None or not before.is_final:
            last[one.delivery.rule_id] = one
    return [one for _, one in sorted(last.items()) if not one.reply.is_taken]


def _fail(room: Room, tried: Tried, now: datetime) -> None:
    """Note it at the rule, which is switched off where trying on is in vain."""
    delivery, words = tried.delivery, tried.reply.words
    note_problem(room, delivery.rule_id, words, now)
    rule = room.model._default_manager.select_for_update().filter(id=delivery.rule_id).first()
    if rule is None or not rule.is_enabled:
        return
    if tried.is_final:
        _give_up(rule, delivery, f"{words} So it was switched off.", now)
    elif rule.failing_since and now - rule.failing_since >= GIVE_UP_AFTER:
        why = f"Nothing got there for five days, so it was switched off. {words}"
        _give_up(rule, delivery, why, now)


def _give_up(rule: Rule, delivery: Delivery, words: str, now: datetime) -> None:
    rule.problem = words[:WORDS_LIMIT]
    save(rule, now, enabled=False)
    cancel_waiting(rule, now)
    tell(delivery, now)
