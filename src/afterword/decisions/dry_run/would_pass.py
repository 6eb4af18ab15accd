"""Who of the last events' customers would have passed an audience, soon, if need be by estimate."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from afterword.audience.match import Audience
from afterword.core.in_time import rows_in_time
from afterword.decisions.dry_run.on_record import Met, meet, newest_before
from afterword.decisions.explain import explain
from afterword.decisions.reasons import Reason

DAYS = 30
SECONDS = 0.4
SECONDS_OF_COUNT = 0.2
BATCH = 500
SHOWN = 5  # of those who would have passed, and of the others
_LAST = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class Example:
    met: Met
    why_not: str  # "" where it would have passed


@dataclass(slots=True)
class Passed:
    """`total` events there are, None for many; at `looked_at`, the newest, was looked."""

    looked_at: int = 0
    passed: int = 0
    total: int | None = 0
    examples: list[Example] = field(default_factory=list)

    @property
    def is_exact(self) -> bool:
        return self.looked_at == self.total

    @property
    def estimate(self) -> int | None:
        """About how many of all would have passed; None where nobody knows how many there are."""
        if self.total is None or not self.looked_at:
            return None
        return round(self.passed / self.looked_at * self.total)

    def shows(self, *, passing: bool) -> list[Example]:
        return [each for each in self.examples if passing == (not each.why_not)]


def would_pass(
    workspace_id: UUID, names: Sequence[str], audience: Audience, now: datetime
) -> Passed:
    """Look at the newest events of these names first, as long as there is time.

    Each is judged at the moment when it came, by the customer as they are now.
    """
    found = Passed()
    ends = time.monotonic() + SECONDS
    since, place = now - timedelta(days=DAYS), (now, _LAST)
    while True:
        events = newest_before(workspace_id, names, since, place, BATCH)
        for met in meet(workspace_id, events, audience):
            _judge(found, met, audience)
        if len(events) < BATCH:
            found.total = found.looked_at
            return found
        place = events[-1].place
        if time.monotonic() > ends:
            found.total = _count(workspace_id, names, since, now)
            return found


def _judge(found: Passed, met: Met, audience: Audience) -> None:
    mismatch = audience.first_mismatch(met.fields, met.event.received_at)
    found.looked_at += 1
    found.passed += mismatch is None
    if len(found.shows(passing=mismatch is None)) < SHOWN:
        why = explain(Reason.OUTSIDE_AUDIENCE, mismatch.detail) if mismatch else ""
        found.examples.append(Example(met, why))


def _count(workspace_id: UUID, names: Sequence[str], since: datetime, now: datetime) -> int | None:
    query = (
        "SELECT count(*) FROM events_event WHERE workspace_id = %s AND received_at >= %s "
        "AND received_at < %s AND name = ANY(%s)"
    )
    params = [workspace_id, since, now, list(names)]
    rows = rows_in_time(query, params, time.monotonic() + SECONDS_OF_COUNT)
    return int(rows[0][0]) if rows else None
