"""Take deliveries in turn and settle them: who died over one held it by a lease that runs out."""

import random
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from django.db import connection, transaction

from afterword.core.among import among
from afterword.core.failpoints import failpoint
from afterword.followups.engine.post import KEPT_LIMIT, Reply, Request
from afterword.followups.models import Attempt, Delivery, State
from afterword.followups.rules import Rule

LEASE = timedelta(seconds=60)  # four times as long as a request may take
WAITS = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 36_000)
)
LAST_TRY = len(WAITS) + 1
JITTER = 0.1  # of a wait, added at random: those that failed together do not come back together

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
# As a part of the join the planner might look for the next one once for each row, and so take
# several; whoever claims would know of one.
_CLAIM: LiteralString = """
    WITH next AS MATERIALIZED (
        SELECT id FROM followups_delivery
        WHERE lane = %s AND state = 'waiting' AND due_at <= %s
        ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    UPDATE followups_delivery AS delivery
    SET state = 'sending', attempt = attempt + 1, lease_until = %s
    FROM next WHERE delivery.id = next.id RETURNING delivery.id
"""


def lanes_due(now: datetime) -> dict[UUID, datetime]:
    """Return the lanes that have something due by then, and since when."""
    with connection.cursor() as cursor:
        cursor.execute(_LANES, [now])
        return dict(cursor.fetchall())


def claim(lane: UUID, now: datetime) -> Delivery | None:
    """Take what is due next in a lane."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [lane, now, now + LEASE])
        row = cursor.fetchone()
    failpoint("after_delivery_claim")
    return Delivery.objects.get(id=row[0]) if row else None


def recover(now: datetime) -> int:
    """Let those be taken again whose worker died; they keep their key."""
    dead = Delivery.objects.filter(state=State.SENDING, lease_until__lt=now)
    return dead.update(state=State.WAITING, lease_until=None)


def wait_after(attempt: int, draw: float) -> timedelta | None:
    """Return how long to wait after so many tries that failed; None: that was the last."""
    if attempt > len(WAITS):
        return None
    return WAITS[attempt - 1] * (1 + JITTER * draw)


@transaction.atomic
def settle(
    delivery: Delivery, request: Request, reply: Reply, now: datetime, *, is_final: bool
) -> bool:
    """Note a try and what follows from it; False where another worker has taken it meanwhile."""
    wait = None if is_final else wait_after(delivery.attempt, random.random())
    if reply.is_taken:
        changed = _change(delivery, now, state=State.DELIVERED, settled_at=now)
    elif wait is None:
        changed = _change(
            delivery, now, state=State.FAILED, settled_at=now, words=reply.words[:1000]
        )
    else:
        changed = _change(
            delivery, now, state=State.WAITING, due_at=now + wait, words=reply.words[:1000]
        )
    if not changed and not Delivery.objects.filter(id=delivery.id).exists():
        return False  # its rule was deleted meanwhile, or whoever it was about was erased
    Attempt.objects.create(
        delivery=delivery,
        number=delivery.attempt,
        at=now,
        milliseconds=reply.milliseconds,
        url=request.shown_url or request.url,
        headers={**request.headers, **dict.fromkeys(request.own_headers, "…")},
        body=request.body.decode("utf-8", "replace"),
        status=reply.status,
        answer=reply.text[:KEPT_LIMIT],
        error=reply.error[:1000],
    )
    failpoint("before_delivery_settled")
    return changed


def end(delivery: Delivery, state: State, words: str, now: datetime) -> None:
    """Settle what no request was made for."""
    _change(delivery, now, state=state, settled_at=now, words=words[:1000])


def again(ids: Collection[UUID], now: datetime) -> int:
    """Deliver once more what was settled; each keeps its key."""
    settled = Delivery.objects.filter(id__in=among(ids), lane__isnull=False).exclude(
        state__in=[State.WAITING, State.SENDING]
    )
    return settled.update(state=State.WAITING, attempt=0, due_at=now, settled_at=None, words="")


def cancel_waiting(rule: Rule, now: datetime) -> None:
    """What waits is not delivered by a rule that was switched off; it may be sent by hand."""
    waiting = Delivery.objects.filter(lane=rule.id, state=State.WAITING)
    waiting.update(state=State.CANCELLED, settled_at=now, words="It was switched off meanwhile.")


def _change(delivery: Delivery, now: datetime, **columns: object) -> bool:
    mine = Delivery.objects.filter(
        id=delivery.id, attempt=delivery.attempt, state=State.SENDING
    ).update(**{"lease_until": None, "words": "", **columns})
    return bool(mine)
