"""Narrow the feedback page to what is to be followed up: mine, open, overdue, done."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Q

from afterword.feedback.models import Response
from afterword.workspaces.models import WorkspaceRows


class Loop(StrEnum):
    MINE = "mine"
    OPEN = "open"
    OVERDUE = "overdue"
    DONE = "done"


LABELS = {
    Loop.MINE: "Mine",
    Loop.OPEN: "Open",
    Loop.OVERDUE: "Overdue",
    Loop.DONE: "Done",
}


def asked_loop(text: str) -> Loop | None:
    """Return what a query asks for; junk asks for nothing."""
    return Loop(text) if text in set(Loop) else None


def narrow_to_loop(
    rows: WorkspaceRows[Response], loop: Loop | None, user_id: UUID | None, now: datetime
) -> WorkspaceRows[Response]:
    """Of nobody, where `user_id` is none, nothing is "mine"."""
    is_open = Q(assignment__isnull=False, assignment__done_at=None)
    match loop:
        case Loop.MINE:
            mine = rows.filter(is_open, assignment__user=user_id)
            return mine if user_id else rows.none()
        case Loop.OPEN:
            return rows.filter(is_open)
        case Loop.OVERDUE:
            return rows.filter(is_open, assignment__due_at__lte=now)
        case Loop.DONE:
            return rows.filter(assignment__done_at__isnull=False)
    return rows
