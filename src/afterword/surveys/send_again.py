"""Send failed surveys and reminders once more, because a person says so."""

from datetime import datetime
from uuid import UUID

from afterword.sending.again import queue_again
from afterword.sending.models import MOST_HAND_OVERS, Mail
from afterword.surveys.models import Invitation
from afterword.surveys.outbox.status import Status, status_of, with_status
from afterword.workspaces.models import WorkspaceRows


def may_be_sent_again(invitation: Invitation) -> bool:
    """Whether `sendable` keeps it."""
    mail = invitation.mail
    has_failed = status_of(invitation) is Status.FAILED
    return has_failed and mail is not None and mail.handed_over < MOST_HAND_OVERS


def sendable(invitations: WorkspaceRows[Invitation]) -> WorkspaceRows[Invitation]:
    """Keep those that failed, but for what was in doubt twice: no mail goes out a third time."""
    failed = with_status(invitations, Status.FAILED)
    return failed.filter(mail__handed_over__lt=MOST_HAND_OVERS)


def send_again(invitations: WorkspaceRows[Invitation], by: UUID, now: datetime) -> int:
    """Queue those that are `sendable`, for the user `by`; return how many."""
    return queue_again(Mail.objects.filter(id__in=sendable(invitations).values("id")), by, now)
