"""The mail to whose it is to follow up an answer: that it is theirs, or that it is overdue.

It says nothing of the customer: who reads it follows its link.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from afterword.core.ids import new_id
from afterword.core.text import header_line
from afterword.feedback.loop.models import Assignment
from afterword.mail.message.letter import letter_of
from afterword.mail.message.rendered import Rendered
from afterword.mail.senders.find import sender_of
from afterword.mail.ways.way import Letter
from afterword.sending.kinds import Kind, Unwanted
from afterword.sending.models import Mail
from afterword.sending.streams import StreamKind
from afterword.workspaces.models import Member, Workspace

ASSIGNMENT = "assignment"


def mails_to(assignments: Sequence[Assignment], now: datetime) -> list[Mail]:
    """Return the mails to members who get any, for the caller to store; one query."""
    users = {one.user_id for one in assignments if one.user_id}
    rows = Member.objects.filter(user__in=users, user__is_active=True, spared_at=None)
    named = rows.values_list("workspace_id", "user_id", "user__email") if users else ()
    emails = {(workspace, user): email for workspace, user, email in named}
    return [
        Mail(
            id=new_id(),
            workspace_id=one.workspace_id,
            kind=ASSIGNMENT,
            about=str(one.response_id),
            stream_kind=ASSIGNMENT,
            stream_id=one.workspace_id,
            recipient=email,
            created_at=now,
            due_at=now,
        )
        for one in assignments
        if one.user_id and (email := emails.get((one.workspace_id, one.user_id)))
    ]


def _may_still_go(mails: Sequence[Mail], _now: datetime) -> dict[UUID, Unwanted]:
    """Needless once it is done or somebody else's."""
    rows = Assignment.objects.filter(response__in={mail.about for mail in mails}, done_at=None)
    related = ("user", "workspace", "response__campaign")
    rows = rows.filter(workspace__members__user=F("user"))
    found = {str(one.response_id): one for one in rows.select_related(*related)}
    unwanted: dict[UUID, Unwanted] = {}
    for mail in mails:
        assignment = found.get(mail.about)
        if assignment is None or not assignment.user or assignment.user.email != mail.recipient:
            unwanted[mail.id] = Unwanted(detail={"assignment": "done, or somebody else's"})
        else:
            mail.matter = assignment
    return unwanted


def _letter(mail: Mail, now: datetime) -> Letter:
    assignment: Assignment = mail.matter
    response, workspace = assignment.response, assignment.workspace
    what = f"{response.scale.label} {response.score}"
    path = reverse("feedback:assignment", args=[response.pk])
    words = {
        "what": what,
        "campaign": response.campaign.name if response.campaign else "",
        "workspace": workspace.name,
        "assignment": assignment,
        "is_overdue": assignment.is_overdue(now),
        "link": f"{settings.BASE_URL}{path}",
    }
    title = f"Overdue: {what}" if assignment.is_overdue(now) else f"For you to follow up: {what}"
    with timezone.override(ZoneInfo(workspace.time_zone)):
        rendered = Rendered(
            header_line(f"{title} · {workspace.name}")[:200],
            render_to_string("feedback/mail/assignment.html", words),
            render_to_string("feedback/mail/assignment.txt", words),
        )
    return letter_of(
        mail.id,
        mail.workspace_id,
        rendered,
        now,
        sender=sender_of(workspace),
        sender_name=f"{workspace.name} · Afterword",
        recipient=mail.recipient,
    )


def _names(ids: Collection[UUID]) -> dict[UUID, str]:
    return {one.id: "Assignments" for one in Workspace.objects.filter(id__in=ids)}


ASSIGNMENT_KIND = Kind(ASSIGNMENT, _letter, _may_still_go)
ASSIGNMENT_STREAM = StreamKind(ASSIGNMENT, _names)
