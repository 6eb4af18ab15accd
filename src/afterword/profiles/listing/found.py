"""The page of the list that was asked for, as far as it is found within a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from afterword.core.keyset import counted, uncounted
from afterword.customers.models import Customer
from afterword.profiles.listing.asked import WALK_SECONDS, Asked
from afterword.profiles.listing.order import PAGE, page_of
from afterword.profiles.listing.search import few_named, trigrams_of
from afterword.profiles.listing.walk import Walk
from afterword.workspaces.models import Viewer

MORE_SECONDS = 0.06  # for who is not met soon, and is not found by an index either


@dataclass(frozen=True, slots=True)
class Found:
    rows: Sequence[Customer]
    after: str  # the cursor of the next page; empty at the end of the list
    # How many were looked at for it, where time was up before it was full.
    looked_at: int = 0


def found(asked: Asked, viewer: Viewer, now: datetime, cursor: str) -> Found:
    """Return the page after `cursor`, an earlier one's `after`; junk is the first page.

    A page with nobody on it and the next one count as one: what was looked at adds up.
    """
    before, place = uncounted(cursor)
    rows = asked.rows(viewer)
    if not asked.narrows:
        page = page_of(rows, asked.order, place)
        return Found(page.rows, page.after)
    if asked.means_nobody:
        return Found([], "")
    walk = Walk(viewer.workspace_id, asked.condition(now), asked.order, place, PAGE + 1)
    walk.go_on(WALK_SECONDS)
    if not walk.is_over:
        few = few_named(asked.text, viewer.workspace_id, now) if trigrams_of(asked.text) else None
        if few:
            page = page_of(asked.rows(viewer, asked.condition(now, few)), asked.order, place)
            return Found(page.rows, page.after)
        walk.go_on(MORE_SECONDS)
    page = page_of(rows.filter(id__in=walk.ids), asked.order, size=PAGE)
    if walk.is_over:
        return Found(page.rows, page.after)
    looked_at = before + walk.looked_at
    after = walk.cursor if page.rows else counted(looked_at, walk.cursor)
    return Found(page.rows, after, looked_at)
