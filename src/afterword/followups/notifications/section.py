"""Notifications as a section of the pages."""

from datetime import datetime

from django.db import transaction

from afterword.core.jobs import wake
from afterword.followups.engine.claim import LEASE
from afterword.followups.engine.deliver import deliver
from afterword.followups.engine.settle import LAST_TRY
from afterword.followups.mails import mailed
from afterword.followups.models import TEST, Delivery, State
from afterword.followups.notifications.form import NotificationForm
from afterword.followups.notifications.models import By, Notification
from afterword.followups.notifications.room import NOTIFICATION, stream_of
from afterword.followups.pages.section import Section
from afterword.sending.models import Mail
from afterword.workspaces.models import Member


def send_me_one(notification: Notification, member: Member, now: datetime) -> tuple[bool, str]:
    """Send an example: by mail to whoever asks for it, or to Slack."""
    example = Delivery(
        workspace=member.workspace,
        notification=notification,
        kind=TEST,
        happened_at=now,
        created_at=now,
        due_at=now,
    )
    if notification.channel == By.EMAIL:
        address = member.user.email
        with transaction.atomic():
            stream = stream_of(notification)
            Mail.objects.bulk_create(mailed(example, NOTIFICATION, stream, [address]))
            example.save()
        wake("send_due")
        return True, f"An example is on its way to {address}."
    example.lane, example.state, example.attempt = notification.id, State.SENDING, LAST_TRY
    example.lease_until = now + LEASE
    example.save()
    reply = deliver(example, now)
    if reply and reply.is_taken:
        return True, "The example is in Slack."
    example.refresh_from_db()
    return False, f"Slack did not take it. {example.words}"


SECTION = Section(
    "notifications",
    "Notifications",
    "notification",
    Notification,
    NotificationForm,
    send_me_one,
    "Send me one now",
    "Tell people what happened, at once or in a digest, by e-mail or in Slack.",
    "No notification yet. It needs what is followed, and somebody to tell.",
)
