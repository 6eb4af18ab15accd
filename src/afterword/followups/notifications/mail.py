"""Notifications as a kind of mail."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.template.loader import render_to_string

from afterword.core.text import header_line
from afterword.followups.mails import deliveries_of
from afterword.followups.models import TEST
from afterword.followups.notifications.models import Notification
from afterword.followups.notifications.recipients import recipients_of
from afterword.followups.notifications.room import NOTIFICATION
from afterword.followups.notifications.telling import Message, messages_of
from afterword.mail.message.letter import letter_of
from afterword.mail.message.rendered import Rendered
from afterword.mail.senders.find import sender_of
from afterword.mail.ways.way import Letter
from afterword.sending.kinds import Kind, Unwanted
from afterword.sending.models import Mail
from afterword.sending.streams import StreamKind

SUBJECT_LIMIT = 200


def _may_still_go(mails: Sequence[Mail], _now: datetime) -> dict[UUID, Unwanted]:
    """Give the mails what they say as their `matter`; those are needless that say nothing more."""
    deliveries = deliveries_of(mails)
    messages = messages_of(deliveries.values())
    rules = {one.notification for one in deliveries.values() if one.notification}
    recipients = recipients_of(rules)
    unwanted: dict[UUID, Unwanted] = {}
    for mail in mails:
        delivery = deliveries.get(mail.about)
        rule = delivery and delivery.notification
        if delivery is None or not rule:
            unwanted[mail.id] = Unwanted(detail={"notification": "deleted"})
        elif delivery.id not in messages:
            unwanted[mail.id] = Unwanted(detail={"answer": "changed"})
        elif delivery.kind != TEST and not rule.is_enabled:
            unwanted[mail.id] = Unwanted(detail={"notification": "off"})
        elif delivery.kind != TEST and mail.recipient not in recipients[rule.id]:
            unwanted[mail.id] = Unwanted(detail={"recipient": "removed"})
        else:
            mail.matter = messages[delivery.id]
    return unwanted


def _letter(mail: Mail, now: datetime) -> Letter:
    message: Message = mail.matter
    assert mail.workspace
    words = {"message": message}
    title = f"Test: {message.title}" if message.is_test else message.title
    rendered = Rendered(
        header_line(title)[:SUBJECT_LIMIT],
        render_to_string("followups/mail/notification.html", words),
        render_to_string("followups/mail/notification.txt", words),
    )
    return letter_of(
        mail.id,
        mail.workspace_id,
        rendered,
        now,
        sender=sender_of(mail.workspace),
        sender_name=f"{message.workspace} · Afterword",
        recipient=mail.recipient,
        reply_to=[message.reply_to],
    )


def _names(ids: Collection[UUID]) -> dict[UUID, str]:
    rows = Notification.objects.filter(id__in=ids)
    return {rule.id: f"Notification: {rule}" for rule in rows}


NOTIFICATION_KIND = Kind(NOTIFICATION, _letter, _may_still_go)
NOTIFICATION_STREAM = StreamKind(NOTIFICATION, _names)
