"""Send failed surveys once more, because a person says so."""

from datetime import datetime
from uuid import UUID

from afterword.core.jobs import wake
from afterword.surveys.models import MOST_HAND_OVERS, State, Survey
from afterword.surveys.outbox.status import Status, status_of, with_status
from afterword.workspaces.models import WorkspaceRows


def may_be_sent_again(survey: Survey) -> bool:
    """Whether `sendable` keeps it."""
    return status_of(survey) is Status.FAILED and survey.handed_over < MOST_HAND_OVERS


def sendable(surveys: WorkspaceRows[Survey]) -> WorkspaceRows[Survey]:
    """Keep those that failed, but for what was in doubt twice: no mail goes out a third time."""
    return with_status(surveys, Status.FAILED).filter(handed_over__lt=MOST_HAND_OVERS)


def send_again(surveys: WorkspaceRows[Survey], by: UUID, now: datetime) -> int:
    """Queue those of `surveys` that are `sendable`, for the user `by`; return how many.

    They begin anew: refusals and lost workers of before do not count any more. Whatever keeps a
    survey from being sent is asked again when they are claimed.
    """
    queued = sendable(surveys).update(
        state=State.QUEUED,
        due_at=now,
        ended_at=None,
        orphaned=0,
        refusals=0,
        first_refused_at=None,
        detail={"again_by": by, "again_at": now},
    )
    if queued:
        wake("send_due")
    return queued
