"""Queue failed mails once more, because a person says so."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from afterword.core.jobs import wake
from afterword.sending.models import MOST_HAND_OVERS, Mail, State


def queue_again(mails: QuerySet[Mail], by: UUID | None, now: datetime) -> int:
    """Queue those that failed, for the user `by`, but for what was in doubt twice; return how many.

    They begin anew: refusals and lost workers of before do not count any more. Whatever keeps a
    mail from being sent is asked again when it is claimed.
    """
    failed = mails.filter(state=State.PARKED, handed_over__lt=MOST_HAND_OVERS)
    queued = failed.update(
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
