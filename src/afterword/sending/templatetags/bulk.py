"""Tells pages whether a workspace sends in bulk, as receivers see it."""

from datetime import timedelta

from django import template
from django.db import connection
from django.utils import timezone

from afterword.sending.streams import SENDING_STREAMS
from afterword.workspaces.models import Workspace

register = template.Library()
# Whoever sends so many mails a day must sign them, say Gmail and Yahoo (February 2024) and
# Outlook (May 2025).
BULK, BULK_IN = 5_000, timedelta(hours=24)


@register.filter
def sends_in_bulk(workspace: Workspace) -> int:
    """Return BULK if the workspace sent so many mails lately, else 0; counts no further."""
    with connection.cursor() as cursor:
        cursor.execute(_SENT, [timezone.now() - BULK_IN, BULK, workspace.id, BULK])
        return BULK if cursor.fetchone()[0] >= BULK else 0


_SENT = f"""
    {SENDING_STREAMS}
    SELECT count(*) FROM (
        SELECT FROM stream CROSS JOIN LATERAL (
            SELECT FROM sending_mail WHERE stream_id = stream.id AND sent_at > %s LIMIT %s
        ) AS mail
        WHERE stream.workspace_id = %s LIMIT %s
    ) AS mail
"""  # noqa: S608  (our own words alone)
