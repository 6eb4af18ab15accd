"""Note what came of deliveries that were claimed: one set of queries, however many they are."""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from django.db import connection

from afterword.core.among import among
from afterword.core.failpoints import failpoint
from afterword.followups.engine.post import KEPT_LIMIT, Reply, Request
from afterword.followups.models import Attempt, Delivery, State

WAITS = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 36_000)
)
LAST_TRY = len(WAITS) + 1
JITTER = 0.1  # of a wait, added at random: those that failed together do not come back together
SECRET_LENGTH = 8  # a shorter word is found in any text
WORDS_LIMIT = 1_000  # characters that are kept of what was said

_SETTLE: LiteralString = """
    UPDATE followups_delivery AS delivery
    SET state = became.state, words = became.words, lease_until = NULL,
        due_at = coalesce(became.due_at, delivery.due_at),
        settled_at = CASE WHEN became.due_at IS NULL THEN %s ELSE delivery.settled_at END
    FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::timestamptz[])
        AS became (id, state, words, due_at)
    WHERE delivery.id = became.id
"""


@dataclass(frozen=True, slots=True)
class Tried:
    """One try that came back; `is_final` where no other one will ever do."""

    delivery: Delivery
    request: Request
    reply: Reply
    is_final: bool


@dataclass(frozen=True, slots=True)
class Became:
    """What becomes of a delivery; with `due_at` it is tried again then."""

    delivery: Delivery
    state: State
    words: str = ""
    due_at: datetime | None = None


def wait_after(attempt: int, draw: float) -> timedelta | None:
    """Return how long to wait after so many tries that failed; None: that was the last."""
    if attempt > len(WAITS):
        return None
    return WAITS[attempt - 1] * (1 + JITTER * draw)


def settle(tried: Sequence[Tried], now: datetime) -> None:
    """Note tries and what follows from them; part of a transaction.

    What another worker has taken meanwhile is left to that one, and only the try is noted.
    """
    settled, left = change([_became(one, now) for one in tried], now)
    noted = _noted(left)
    Attempt.objects.bulk_create(
        _attempt(one, now)
        for one in tried
        if one.delivery.id in settled
        or (one.delivery.id in left and (one.delivery.id, one.delivery.attempt) not in noted)
    )
    failpoint("before_delivery_settled")


def change(became: Sequence[Became], now: datetime) -> tuple[set[UUID], set[UUID]]:
    """Settle those whose attempt is still the one in hand; part of a transaction.

    Return their keys, and those of others that are still there: a rule may have been deleted, and
    whoever it was about erased.
    """
    rows = Delivery.objects.filter(id__in=among([one.delivery.id for one in became]))
    there = {
        id_: (attempt, state)
        for id_, attempt, state in rows.order_by("id")
        .select_for_update(no_key=True)
        .values_list("id", "attempt", "state")
    }
    mine = [
        one for one in became if there.get(one.delivery.id) == (one.delivery.attempt, State.SENDING)
    ]
    if mine:
        with connection.cursor() as cursor:
            cursor.execute(
                _SETTLE,
                [
                    now,
                    [one.delivery.id for one in mine],
                    [one.state.value for one in mine],
                    [one.words[:WORDS_LIMIT] for one in mine],
                    [one.due_at for one in mine],
                ],
            )
    settled = {one.delivery.id for one in mine}
    return settled, there.keys() - settled


def _became(tried: Tried, now: datetime) -> Became:
    delivery, reply = tried.delivery, tried.reply
    if reply.is_taken:
        return Became(delivery, State.DELIVERED)
    wait = None if tried.is_final else wait_after(delivery.attempt, random.random())
    if wait is None:
        return Became(delivery, State.FAILED, reply.words)
    return Became(delivery, State.WAITING, reply.words, now + wait)


def _noted(deliveries: Collection[UUID]) -> set[tuple[UUID, int]]:
    """Return the tries of these that are noted: a commit may have been made, and its word lost."""
    rows = Attempt.objects.filter(delivery__in=deliveries)
    return set(rows.values_list("delivery_id", "number")) if deliveries else set()


def _attempt(tried: Tried, now: datetime) -> Attempt:
    request, reply = tried.request, tried.reply
    return Attempt(
        delivery=tried.delivery,
        number=tried.delivery.attempt,
        at=now,
        milliseconds=reply.milliseconds,
        url=request.shown_url or request.url,
        headers={**request.headers, **dict.fromkeys(request.own_headers, "…")},
        body=request.body.decode("utf-8", "replace"),
        status=reply.status,
        answer=_without(request.own_headers, reply.text)[:KEPT_LIMIT],
        error=reply.error[:WORDS_LIMIT],
    )


def _without(own_headers: Mapping[str, str], text: str) -> str:
    """Return an answer without the secrets that it may repeat: many do so to who tries them out."""
    words = {word for value in own_headers.values() for word in (value, *value.split())}
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= SECRET_LENGTH:
            text = text.replace(word, "…")
    return text
