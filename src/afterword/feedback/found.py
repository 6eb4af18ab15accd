"""The page of answers that was asked for, as far as it is found within a moment."""

from datetime import datetime

from afterword.core.keyset import newest_first, uncounted
from afterword.core.looking import Looked, look_for
from afterword.feedback.asked import AskedAnswers
from afterword.feedback.models import Response
from afterword.feedback.whom.narrow import narrow
from afterword.workspaces.models import Member

PAGE = 50
# What `feedback/response.html` shows of an answer.
SHOWN = ("customer", "campaign", "survey", "version", "facts_then", "assignment__user")


def found(asked: AskedAnswers, member: Member, now: datetime, cursor: str) -> Looked[Response]:
    """Return the page after `cursor`, an earlier one's `after`; junk is the first page.

    Whom the filters mean is asked of the newest, then of those before them.
    """
    rows = asked.of_anybody(member, member.user_id, now)
    shown = rows.select_related(*SHOWN).prefetch_related("told__you_said")
    if not asked.whom:
        page = newest_first(shown, "created_at", uncounted(cursor)[1], PAGE)
        return Looked(page.rows, page.after)
    return look_for(shown, lambda some: narrow(some, asked.whom, now), cursor, PAGE)
