"""The page of the outbox that was asked for: surveys, and among them the mails that are none.

Of these a workspace may have a million that nobody looks for: they are looked at for a moment.
"""

from datetime import datetime

from afterword.core.keyset import KeysetPage, counted, merged, newest_first, no_older, uncounted
from afterword.core.looking import Looked, look_for
from afterword.surveys.models import Invitation
from afterword.surveys.outbox.apart import ApartMail, as_rows
from afterword.surveys.outbox.search import Search
from afterword.workspaces.models import Viewer

PAGE = 50
Row = Invitation | ApartMail
_RELATED = (
    "mail", "template", "reminder", "survey__campaign", "survey__customer", "survey__facts_then",
)  # fmt: skip


def found(search: Search, viewer: Viewer, now: datetime, cursor: str) -> Looked[Row]:
    """Return the page after `cursor`, an earlier one's `after`; junk is the first page.

    Where time was up, it has no survey that is older than the mails that were looked at.
    """
    rows = search.find(viewer, now).select_related(*_RELATED)
    surveys = newest_first(rows, "created_at", uncounted(cursor)[1], PAGE)
    mails = _apart(search, viewer, now, cursor)
    _, place = uncounted(mails.after)
    told: list[Row] = [*surveys.rows]
    if mails.looked_at:
        told = no_older(told, "created_at", place)
    pages: list[KeysetPage[Row]] = [
        KeysetPage(told, surveys.after),
        KeysetPage([*mails.rows], mails.after),
    ]
    count = len(told) + len(mails.rows)
    if not mails.looked_at or count > PAGE:
        page = merged(pages, "created_at", PAGE)
        return Looked(page.rows, page.after)
    after = place if count else counted(mails.looked_at, place)
    return Looked(merged(pages, "created_at", PAGE).rows if count else [], after, mails.looked_at)


def _apart(search: Search, viewer: Viewer, now: datetime, cursor: str) -> Looked[ApartMail]:
    if not search.has_apart:
        return Looked([], "")
    rows = search.apart_of_any(viewer, now).select_related("customer")
    if search.narrows_apart:
        looked = look_for(rows, lambda some: search.narrow_apart(some, viewer), cursor, PAGE)
        return Looked(as_rows(looked.rows), looked.after, looked.looked_at)
    rows = search.narrow_apart(rows, viewer)
    page = newest_first(rows, "created_at", uncounted(cursor)[1], PAGE)
    return Looked(as_rows(page.rows), page.after)
