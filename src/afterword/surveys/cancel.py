"""Cancel surveys and reminders that nobody has begun to send."""

import json
from datetime import datetime
from uuid import UUID

from django.db import connection

from afterword.sending.models import WAITING
from afterword.surveys.models import Invitation
from afterword.workspaces.models import WorkspaceRows


def waiting(invitations: WorkspaceRows[Invitation]) -> WorkspaceRows[Invitation]:
    return invitations.filter(mail__state__in=WAITING)


def cancel(invitations: WorkspaceRows[Invitation], by: UUID | None, now: datetime) -> int:
    """Cancel the mails of those that wait, for the user `by`; return how many.

    One statement: a mail that a worker claims at the same time is either claimed or cancelled.
    """
    chosen, values = waiting(invitations).values("id").query.sql_with_params()
    detail = json.dumps({"by": str(by) if by else None})
    with connection.cursor() as cursor:
        cursor.execute(_CANCEL.format(chosen=chosen), [now, detail, *values, now, detail])
        return int(cursor.fetchone()[0])


# A survey whose first mail is cancelled, which has its key, has ended.
_CANCEL = """
    WITH cancelled AS (
        UPDATE sending_mail SET state = 'cancelled', cancelled_at = %s, detail = %s
        WHERE id IN ({chosen}) AND state IN ('queued', 'held')
        RETURNING id
    ), ended AS (
        UPDATE surveys_survey AS survey SET ended_at = %s, detail = %s
        FROM cancelled WHERE survey.id = cancelled.id
    )
    SELECT count(*) FROM cancelled
"""
