"""Pages of what few rows among many are, newest first: as far as they are met within a moment.

Whatever is asked for, and however little of it there is, a page says what it met and how far it
looked: the next one goes on from there.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from afterword.core.by_keys import array_of, by_keys
from afterword.core.keyset import KeysetPage, counted, newest_first, newest_keys, uncounted

Rows = TypeVar("Rows", bound="QuerySet[Any]")
Shown = TypeVar("Shown")

SECONDS = 0.15
FIRST, MOST = 200, 2_000  # rows that are looked at at once
_GROWS = 3


@dataclass(frozen=True, slots=True)
class Looked(Generic[Shown]):
    rows: Sequence[Shown]
    after: str  # the cursor of the next page; empty at the end
    # How many were looked at for it, where time was up before it was full.
    looked_at: int = 0


def look_for(
    rows: Rows,
    meant: Callable[[Rows], Rows],
    cursor: str,
    page: int = 50,
    *,
    at: str = "created_at",
) -> Looked[Any]:
    """Return the page after `cursor`, an earlier one's `after`; junk is the first page.

    `rows` has an index in the order of `at`, and `meant` keeps of some of them those that are asked
    for. A page with nothing on it and the next one count as one: what was looked at adds up.
    """
    before, place = uncounted(cursor)
    ends, size, looked_at = time.monotonic() + SECONDS, FIRST, before
    bare = rows.select_related(None).prefetch_related(None)
    met: list[UUID] = []
    while True:
        step = newest_keys(bare, at, place, size)
        if step.rows:
            met += meant(by_keys(bare, array_of(step.rows))).values_list("id", flat=True)
        looked_at, place = looked_at + len(step.rows), step.after
        if len(met) > page or not place or time.monotonic() > ends:
            break
        size = min(size * _GROWS, MOST)
    found = newest_first(by_keys(rows, array_of(met)), at, "", page) if met else KeysetPage([], "")
    if found.after or not place:
        return Looked(found.rows, found.after)
    after = place if found.rows else counted(looked_at, place)
    return Looked(found.rows, after, looked_at)
