"""Assign an answer, pass it on, end it: each noted as a happening, and mailed to whose it is."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from afterword.feedback.loop.letter import mails_to
from afterword.feedback.loop.models import Assignment
from afterword.feedback.models import Response
from afterword.happenings.models import HappeningKind
from afterword.happenings.note import Happened, note
from afterword.sending.models import Mail
from afterword.workspaces.models import Member


class Wish(NamedTuple):
    """Who is to follow up until when, and what is noted about it."""

    user_id: UUID | None
    due_at: datetime
    note: str = ""


@transaction.atomic
def assign(response: Response, wish: Wish, by: Member, now: datetime) -> Assignment:
    """Assign it by hand, or pass it on, which opens it again; who takes it gets no mail of it."""
    Response.objects.select_for_update(no_key=True).get(pk=response.pk)  # two at once take turns
    assignment = Assignment.objects.filter(response=response).first()
    is_new = assignment is None
    if assignment is None:
        assignment = Assignment(response=response, workspace_id=response.workspace_id)
    is_passed_on = is_new or assignment.user_id != wish.user_id
    if is_passed_on:
        assignment.by_id, assignment.assigned_at, assignment.done_at = by.user_id, now, None
    if is_new or assignment.due_at != wish.due_at:
        assignment.reminded_at = None
    assignment.user_id, assignment.due_at, assignment.note = wish
    assignment.save()
    if is_passed_on:
        tell(HappeningKind.FEEDBACK_ASSIGNED, [assignment], now, spared=by.user_id)
    return assignment


def end(assignment: Assignment, text: str, now: datetime) -> None:
    """It is done; what was noted last stays."""
    rows = Assignment.objects.filter(pk=assignment.pk, done_at=None)
    rows.update(done_at=now, note=text)


def open_again(assignment: Assignment) -> None:
    Assignment.objects.filter(pk=assignment.pk).update(done_at=None)


def tell(
    kind: HappeningKind,
    assignments: Sequence[Assignment],
    now: datetime,
    spared: UUID | None = None,
) -> None:
    """Note it and make the mails; part of the transaction that makes it so."""
    note([Happened(one.workspace_id, kind, one.response_id) for one in assignments], now)
    theirs: Iterable[Assignment] = (one for one in assignments if one.user_id != spared)
    Mail.objects.bulk_create(mails_to(list(theirs), now))
