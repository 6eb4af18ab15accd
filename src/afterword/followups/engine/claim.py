"""Take deliveries in turn: who died over one held it by a lease that runs out."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from django.db import connection

from afterword.core.among import among
from afterword.core.failpoints import failpoint
from afterword.followups.engine.room import SWITCHED_OFF
from afterword.followups.models import Delivery, State
from afterword.followups.rules import Rule

LEASE = timedelta(seconds=60)  # four times as long as a request may take

# Lanes that have something due, one step of an index from each to the next.
_LANES: LiteralString = """
    WITH RECURSIVE lane AS (
        (SELECT lane FROM followups_delivery
         WHERE state = 'waiting' AND lane IS NOT NULL ORDER BY lane LIMIT 1)
        UNION ALL
        SELECT (SELECT lane FROM followups_delivery
                WHERE state = 'waiting' AND lane > before.lane ORDER BY lane LIMIT 1)
        FROM lane AS before WHERE before.lane IS NOT NULL
    )
    SELECT lane.lane, first.due_at FROM lane
    CROSS JOIN LATERAL (
        SELECT due_at FROM followups_delivery
        WHERE lane = lane.lane AND state = 'waiting' ORDER BY due_at LIMIT 1
    ) AS first
    WHERE first.due_at <= %s
"""
# As a part of the join the planner might look for the next ones once for each row, and so take
# more; whoever claims would know of fewer. What is told of a subject goes in order, and the next
# when the one before has come back: OFFSET 0 makes that a look at the others of the subject for
# each that is taken, and || keeps it from reading whole indexes of what waits to find them.
_CLAIM: LiteralString = """
    WITH next AS MATERIALIZED (
        SELECT one.id FROM unnest(%s::uuid[], %s::int[]) AS wanted (lane, most)
        CROSS JOIN LATERAL (
            SELECT id FROM followups_delivery AS due
            WHERE lane = wanted.lane AND state = 'waiting' AND due_at <= %s AND NOT EXISTS (
                SELECT FROM followups_delivery AS other
                WHERE other.subject_id = due.subject_id AND other.lane = due.lane AND (
                    other.state || '' = 'sending' OR other.state || '' = 'waiting'
                    AND (other.due_at, other.id) < (due.due_at, due.id)
                ) OFFSET 0
            )
            ORDER BY due_at, id LIMIT wanted.most FOR UPDATE SKIP LOCKED
        ) AS one
    )
    UPDATE followups_delivery AS delivery
    SET state = 'sending', attempt = attempt + 1, lease_until = %s
    FROM next WHERE delivery.id = next.id RETURNING delivery.*
"""


def lanes_due(now: datetime) -> dict[UUID, datetime]:
    """Return the lanes that have something due by then, and since when."""
    with connection.cursor() as cursor:
        cursor.execute(_LANES, [now])
        return dict(cursor.fetchall())


def claim(wanted: Mapping[UUID, int], now: datetime) -> list[Delivery]:
    """Take what is due next in lanes, at most so many in each; return them in that order."""
    most = [list(wanted), list(wanted.values())]
    taken = list(Delivery.objects.raw(_CLAIM, [*most, now, now + LEASE]))
    failpoint("after_delivery_claim")
    return sorted(taken, key=lambda one: (one.due_at, one.id))


def recover(now: datetime) -> int:
    """Let those be taken again whose worker died; they keep their key."""
    dead = Delivery.objects.filter(state=State.SENDING, lease_until__lt=now)
    return dead.update(state=State.WAITING, lease_until=None)


def again(ids: Collection[UUID], now: datetime) -> int:
    """Deliver once more what was settled; each keeps its key."""
    settled = Delivery.objects.filter(id__in=among(ids), lane__isnull=False).exclude(
        state__in=[State.WAITING, State.SENDING]
    )
    return settled.update(state=State.WAITING, attempt=0, due_at=now, settled_at=None, words="")


def cancel_waiting(rule: Rule, now: datetime) -> None:
    """What waits is not delivered by a rule that was switched off; it may be sent by hand."""
    waiting = Delivery.objects.filter(lane=rule.id, state=State.WAITING)
    waiting.update(state=State.CANCELLED, settled_at=now, words=SWITCHED_OFF.why)
