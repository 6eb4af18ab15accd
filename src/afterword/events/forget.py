"""Forget what anybody with a public key can make us write: rejections, and counts of names."""

from datetime import datetime, timedelta
from typing import LiteralString

from afterword.core import bulk
from afterword.events.models import EventCount, Rejection

REJECTIONS_FOR, MOST_REJECTIONS = timedelta(days=30), 10_000  # the newest of each workspace
COUNTS_FOR = timedelta(days=60)  # pages look back two weeks

# One workspace after the other, along the index that pages use.
_REJECTIONS: LiteralString = """
    SELECT old.id FROM workspaces_workspace AS workspace CROSS JOIN LATERAL (
        (SELECT id FROM events_rejection WHERE workspace_id = workspace.id
            ORDER BY received_at DESC OFFSET %s)
        UNION
        (SELECT id FROM events_rejection WHERE workspace_id = workspace.id AND received_at < %s)
    ) AS old
"""
_COUNTS: LiteralString = """
    SELECT old.id FROM workspaces_workspace AS workspace CROSS JOIN LATERAL (
        SELECT id FROM events_eventcount WHERE workspace_id = workspace.id AND day < %s
    ) AS old
"""


def forget_old(now: datetime) -> None:
    bulk.delete(Rejection, _REJECTIONS, (MOST_REJECTIONS, now - REJECTIONS_FOR))
    bulk.delete(EventCount, _COUNTS, ((now - COUNTS_FOR).date(),))
