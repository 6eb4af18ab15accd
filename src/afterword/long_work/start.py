"""Start a piece of work, and call it off."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from afterword.core.jobs import wake
from afterword.long_work.kinds import WorkKind
from afterword.long_work.models import Work
from afterword.workspaces.models import User

JOB = "long_work"


def start(
    workspace_id: UUID,
    kind: WorkKind,
    parameters: Mapping[str, Any],
    now: datetime,
    *,
    by: User | None,
    total: int | None = None,
) -> Work:
    """Write down what is to be done, and wake a worker once that is committed."""
    work = Work.objects.create(
        workspace_id=workspace_id,
        by=by,
        kind=kind.name,
        parameters=dict(parameters),
        total=total,
        created_at=now,
    )
    transaction.on_commit(lambda: wake(JOB))
    return work


@transaction.atomic
def cancel(work: Work, now: datetime) -> bool:
    """Stop the work between two batches; what is done stays. False if it had ended before."""
    found = Work.objects.select_for_update().get(id=work.id)  # waits for the batch in hand
    if found.ended_at:
        return False
    found.cancelled_at = found.ended_at = now
    found.save(update_fields=["cancelled_at", "ended_at"])
    return True
