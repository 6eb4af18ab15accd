"""Counts event names and keeps rejections, in memory first and in the database within seconds."""

import asyncio
from collections import Counter, deque
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import LiteralString
from uuid import UUID

import msgspec
import psycopg

from afterword.core.ids import new_id
from afterword.core.line import Line
from afterword.events.listening import Key
from afterword.events.masking import masked
from afterword.events.models import MAX_EXCERPT
from afterword.events.sources.segment.payload import PayloadError

FLUSH_SECONDS = 1.0
# Of one workspace on one day; more are counted together, unless a campaign listens for them.
MAX_NAMES = 1_000
OTHER_NAMES = "(other names)"
MAX_REJECTIONS = 100  # of one workspace in a second; more are not kept

# Sorted, so that two processes that flush at once never wait for each other in a circle.
_ADD: LiteralString = """
    INSERT INTO events_eventcount AS known
        (workspace_id, name, day, matched, unmatched, last_seen_at)
    SELECT sent.*
    FROM unnest(%s::uuid[], %s::text[], %s::date[], %s::bigint[], %s::bigint[], %s::timestamptz[])
        AS sent (workspace_id, name, day, matched, unmatched, last_seen_at)
    JOIN workspaces_workspace AS workspace ON workspace.id = sent.workspace_id
    ORDER BY workspace_id, day, name
    ON CONFLICT (workspace_id, day, name) DO UPDATE SET
        matched = known.matched + excluded.matched,
        unmatched = known.unmatched + excluded.unmatched,
        last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at)
"""
_KEEP: LiteralString = """
    INSERT INTO events_rejection (id, workspace_id, token_id, received_at, code, message, excerpt)
    SELECT sent.id, sent.workspace_id, token.id, received_at, code, message, excerpt
    FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::timestamptz[], %s::text[], %s::text[],
        %s::text[]) AS sent (id, workspace_id, token_id, received_at, code, message, excerpt)
    JOIN workspaces_workspace AS workspace ON workspace.id = sent.workspace_id
    LEFT JOIN workspaces_token AS token ON token.id = sent.token_id
"""

_Name = tuple[UUID, date, str]
_Rejected = tuple[UUID, UUID, UUID, datetime, str, str, str]


class _Count(msgspec.Struct):
    last_seen: float
    matched: int = 0
    unmatched: int = 0


class Tally:
    """What was seen since the last flush. Counts survive a database that is away."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._counts: dict[_Name, _Count] = {}
        self._today = datetime.now(UTC).date()
        self._names: dict[UUID, set[str]] = {}
        self._rejected: deque[_Rejected] = deque(maxlen=10 * MAX_REJECTIONS)
        self._kept: Counter[UUID] = Counter()  # rejections of this second

    def count(self, key: Key, name: str, now: float, *, matched: bool) -> None:
        count = self._counts.get((key.workspace_id, self._today, name))
        if count is None:
            count = self._start(key.workspace_id, name, now, matched=matched)
        count.last_seen = now
        if matched:
            count.matched += 1
        else:
            count.unmatched += 1

    def reject(self, key: Key, now: float, error: PayloadError, sent: bytes) -> None:
        """Keep what was sent, so that a person can see what was wrong with it."""
        if self._kept[key.workspace_id] >= MAX_REJECTIONS:
            return
        self._kept[key.workspace_id] += 1
        start = sent[: 4 * MAX_EXCERPT].decode(errors="replace").replace("\0", "\ufffd")
        excerpt = masked(start)[:MAX_EXCERPT]
        moment = datetime.fromtimestamp(now, UTC)
        code, message = error.problem.value, error.message[:500]
        row = (new_id(), key.workspace_id, key.token_id, moment, code, message, excerpt)
        self._rejected.append(row)

    async def keep_flushing(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            self._kept.clear()
            if (today := datetime.now(UTC).date()) != self._today:
                self._today, self._names = today, {}
            with suppress(psycopg.Error):
                await self.flush()

    async def flush(self) -> None:
        """Write what is waiting; raises psycopg.Error, and then all of it still waits."""
        counts, self._counts = self._counts, {}
        try:
            if counts:
                await self._line.run(_ADD, _columns_of(counts))
        except psycopg.Error:
            self._take_back(counts)
            raise
        if rejected := list(self._rejected):
            await self._line.run(_KEEP, [list(column) for column in zip(*rejected, strict=True)])
            for _ in rejected:
                self._rejected.popleft()

    def _start(self, workspace_id: UUID, name: str, now: float, *, matched: bool) -> _Count:
        names = self._names.setdefault(workspace_id, set())
        if name not in names:
            if len(names) >= MAX_NAMES and not matched:
                name = OTHER_NAMES
            names.add(name)
        return self._counts.setdefault((workspace_id, self._today, name), _Count(now))

    def _take_back(self, counts: dict[_Name, _Count]) -> None:
        for name, count in counts.items():
            since = self._counts.setdefault(name, _Count(count.last_seen))
            since.matched += count.matched
            since.unmatched += count.unmatched


def _columns_of(counts: dict[_Name, _Count]) -> list[list[object]]:
    rows = [
        (
            workspace_id,
            name,
            day,
            count.matched,
            count.unmatched,
            datetime.fromtimestamp(count.last_seen, UTC),
        )
        for (workspace_id, day, name), count in counts.items()
    ]
    return [list(column) for column in zip(*rows, strict=True)]
