"""Cancel surveys that nobody has begun to send."""

from datetime import datetime
from uuid import UUID

from afterword.surveys.models import State, Survey
from afterword.surveys.outbox.search import WAITING
from afterword.workspaces.models import WorkspaceRows


def waiting(surveys: WorkspaceRows[Survey]) -> WorkspaceRows[Survey]:
    return surveys.filter(state__in=WAITING)


def cancel(surveys: WorkspaceRows[Survey], by: UUID, now: datetime) -> int:
    """Cancel those of `surveys` that wait, for the user `by`; return how many.

    One statement: a survey that a worker claims at the same time is either claimed or cancelled.
    """
    return waiting(surveys).update(state=State.CANCELLED, cancelled_at=now, detail={"by": by})
