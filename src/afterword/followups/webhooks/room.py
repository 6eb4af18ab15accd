"""What webhooks bring to the engine."""

from collections.abc import Sequence
from datetime import datetime

from afterword.followups.engine.occurrence import Occurrence
from afterword.followups.engine.post import Reply
from afterword.followups.engine.room import Room, as_it_is, due_at_once
from afterword.followups.models import Delivery, State
from afterword.followups.webhooks.models import Webhook
from afterword.followups.webhooks.request import requests_of

GONE = 410
AT_ONCE = 16  # requests to one receiver that takes them


def _begin(webhook: Webhook, new: Sequence[tuple[Delivery, Occurrence]], now: datetime) -> None:
    """Each takes its turn in the lane of its webhook."""
    for delivery, _ in new:
        delivery.lane = webhook.id


def hasten(delivery: Delivery, now: datetime) -> None:
    Delivery.objects.filter(id=delivery.id, state=State.WAITING, attempt=0).update(due_at=now)


def _is_final(reply: Reply) -> bool:
    return reply.status == GONE


WEBHOOKS = Room(
    "webhook",
    Webhook,
    due_at_once,
    is_once=False,
    begin=_begin,
    hasten=hasten,
    requests=requests_of,
    read=as_it_is,
    is_final=_is_final,
    at_once=AT_ONCE,
)
