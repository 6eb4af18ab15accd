"""The page of answers that was asked for, as far as it is found within a moment."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from afterword.core.by_keys import array_of, by_keys
from afterword.core.keyset import counted, newest_first, uncounted
from afterword.feedback.asked import AskedAnswers
from afterword.feedback.models import Response
from afterword.feedback.whom.narrow import narrow
from afterword.workspaces.models import Member

PAGE = 50
SECONDS = 0.15
FIRST, MOST = 200, 2_000  # answers whose customers are asked the filters at once
_GROWS = 3
# What `feedback/response.html` shows of an answer.
SHOWN = ("customer", "campaign", "survey", "version", "facts_then", "assignment__user")


@dataclass(frozen=True, slots=True)
class Found:
    rows: Sequence[Response]
    after: str  # the cursor of the next page; empty at the end
    # How many were looked at for it, where time was up before it was full.
    looked_at: int = 0


def found(asked: AskedAnswers, member: Member, now: datetime, cursor: str) -> Found:
    """Return the page after `cursor`, an earlier one's `after`; junk is the first page.

    Whom the filters mean is asked of the newest, then of those before them, until the page is full
    or time is up. A page with nobody on it and the next one count as one: what was looked at adds
    up.
    """
    before, place = uncounted(cursor)
    rows = asked.of_anybody(member, member.user_id, now)
    shown = rows.select_related(*SHOWN).prefetch_related("told__you_said")
    if not asked.whom:
        page = newest_first(shown, "created_at", place, PAGE)
        return Found(page.rows, page.after)
    ends, size, looked_at = time.monotonic() + SECONDS, FIRST, before
    met: list[UUID] = []
    while True:
        step = newest_first(rows.only("id", "created_at"), "created_at", place, size)
        keys = array_of(one.id for one in step.rows)
        met += narrow(by_keys(rows, keys), asked.whom, now).values_list("id", flat=True)
        looked_at, place = looked_at + len(step.rows), step.after
        if len(met) > PAGE or not place or time.monotonic() > ends:
            break
        size = min(size * _GROWS, MOST)
    page = newest_first(by_keys(shown, array_of(met)), "created_at", "", PAGE)
    if page.after or not place:
        return Found(page.rows, page.after)
    after = place if page.rows else counted(looked_at, place)
    return Found(page.rows, after, looked_at)
