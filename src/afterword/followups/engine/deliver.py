"""Bring one delivery to its receiver over HTTP, and note how that went."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models.functions import Coalesce

from afterword.core.clock import database_now
from afterword.core.failpoints import failpoint
from afterword.followups.engine.claim import cancel_waiting, end, settle
from afterword.followups.engine.notice import tell
from afterword.followups.engine.post import Reply, post
from afterword.followups.engine.room import CannotBeMade, NotNeeded, Room
from afterword.followups.models import Delivery, State
from afterword.followups.rooms import room_of
from afterword.followups.rules import Rule, save

GIVE_UP_AFTER = timedelta(days=5)


def deliver(delivery: Delivery, now: datetime) -> Reply | None:
    """Make a try of a delivery that was claimed; None where none was needed, or possible.

    No connection to the database is held while the receiver is waited for.
    """
    room = room_of(delivery)
    try:
        request = room.request(delivery, now)
    except NotNeeded as why:
        end(delivery, State.CANCELLED, str(why), now)
        return None
    except CannotBeMade as why:
        end(delivery, State.FAILED, str(why), now)
        _note(room, delivery, str(why), now)
        return None
    if not connection.in_atomic_block:
        connection.close()
    reply = room.read(delivery, request, post(request))
    failpoint("after_post")
    now = database_now()
    is_final = not reply.is_taken and room.is_final(reply)
    settle(delivery, request, reply, now, is_final=is_final)
    if reply.is_taken:
        room.model._default_manager.filter(id=delivery.rule_id, failing_since__isnull=False).update(
            failing_since=None, problem=""
        )
    else:
        _fail(room, delivery, reply, now, is_final=is_final)
    return reply


def _note(room: Room, delivery: Delivery, words: str, now: datetime) -> None:
    rows = room.model._default_manager.filter(id=delivery.rule_id)
    rows.update(failing_since=Coalesce("failing_since", now), problem=words[:1000])


@transaction.atomic
def _fail(room: Room, delivery: Delivery, reply: Reply, now: datetime, *, is_final: bool) -> None:
    """Note it at the rule, which is switched off where trying on is in vain."""
    _note(room, delivery, reply.words, now)
    rule = room.model._default_manager.select_for_update().filter(id=delivery.rule_id).first()
    if rule is None or not rule.is_enabled:
        return
    if is_final:
        _give_up(rule, delivery, f"{reply.words} So it was switched off.", now)
    elif rule.failing_since and now - rule.failing_since >= GIVE_UP_AFTER:
        _give_up(
            rule,
            delivery,
            f"Nothing got there for five days, so it was switched off. {reply.words}",
            now,
        )


def _give_up(rule: Rule, delivery: Delivery, words: str, now: datetime) -> None:
    rule.problem = words[:1000]
    save(rule, now, enabled=False)
    cancel_waiting(rule, now)
    tell(delivery, now)
