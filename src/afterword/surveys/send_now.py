"""Send surveys that wait for their time at once, because a person says so."""

import json
from datetime import datetime
from uuid import UUID

from django.db import connection

from afterword.core.jobs import wake
from afterword.sending.models import State
from afterword.surveys.models import Invitation
from afterword.workspaces.models import WorkspaceRows


def hastenable(invitations: WorkspaceRows[Invitation], now: datetime) -> WorkspaceRows[Invitation]:
    """Keep those that wait only for their time: what is held, or due already, stays as it is."""
    return invitations.filter(mail__state=State.QUEUED, mail__due_at__gt=now)


def send_now(invitations: WorkspaceRows[Invitation], by: UUID, now: datetime) -> int:
    """Let them be due now, for the user `by`; return how many.

    Delay and time frame are skipped, and nothing else: what stops mail is asked when it is claimed.
    """
    chosen, values = hastenable(invitations, now).values("id").query.sql_with_params()
    note = json.dumps({"hastened_by": str(by), "hastened_at": now.isoformat()})
    with connection.cursor() as cursor:
        cursor.execute(_HASTEN.format(chosen=chosen), [now, note, *values])
        hastened: int = cursor.rowcount
    if hastened:
        wake("send_due")
    return hastened


_HASTEN = """
    UPDATE sending_mail SET due_at = %s, detail = detail || %s::jsonb
    WHERE id IN ({chosen}) AND state = 'queued'
"""
