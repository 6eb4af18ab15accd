"""What notifications bring to the engine."""

from collections.abc import Sequence
from datetime import datetime

from afterword.followups.engine.occurrence import Occurrence
from afterword.followups.engine.post import Reply
from afterword.followups.engine.room import Room, due_once_settled
from afterword.followups.mails import hasten_mails, mailed
from afterword.followups.models import Delivery, State
from afterword.followups.notifications.models import By, Notification
from afterword.followups.notifications.recipients import recipients_of
from afterword.followups.notifications.slack import requests_of
from afterword.followups.notifications.slack_bot import FINAL, read_reply
from afterword.sending.models import Mail
from afterword.sending.streams import Stream

NOTIFICATION = "notification"
# What Slack answers for a channel or a hook that is no more.
_NO_MORE = frozenset({403, 404, 410})


def begin(
    notification: Notification, new: Sequence[tuple[Delivery, Occurrence]], now: datetime
) -> None:
    """Gather it for a digest, or hand it to the mails or the lane at once."""
    if new and not notification.is_digest:
        hand_over(notification, [delivery for delivery, _ in new])
    for delivery, _ in new if notification.is_digest else ():
        delivery.state = State.GATHERED


def hand_over(notification: Notification, deliveries: Sequence[Delivery]) -> None:
    """Make the mails, or let them wait in the lane; the deliveries are then to be stored."""
    if notification.channel == By.SLACK:
        for delivery in deliveries:
            delivery.lane = notification.id
        return
    to, stream = recipients_of([notification])[notification.id], stream_of(notification)
    mails = [mail for one in deliveries for mail in mailed(one, NOTIFICATION, stream, to)]
    Mail.objects.bulk_create(mails)


def stream_of(notification: Notification) -> Stream:
    return Stream(NOTIFICATION, notification.id)


def _hasten(delivery: Delivery, now: datetime) -> None:
    if delivery.mail_ids:
        hasten_mails(delivery, now)
    else:
        Delivery.objects.filter(id=delivery.id, attempt=0).update(due_at=now)


def _is_final(reply: Reply) -> bool:
    return reply.status in _NO_MORE or reply.code in FINAL


NOTIFICATIONS = Room(
    NOTIFICATION,
    Notification,
    due_once_settled,
    is_once=True,
    begin=begin,
    hasten=_hasten,
    requests=requests_of,
    read=read_reply,
    is_final=_is_final,
    at_once=1,  # a customer's later answers go under the first; Slack takes one a second
)
