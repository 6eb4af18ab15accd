"""Deliveries that go by mail: each mail is made with its delivery, and sent like any other."""

from collections.abc import Collection, Sequence
from datetime import datetime

from afterword.core.ids import new_id
from afterword.customers.models import Customer
from afterword.followups.models import Delivery, State
from afterword.sending.models import Mail
from afterword.sending.streams import Stream

_RULES = ("notification", "autoresponder", "webhook")
_OF_RULES = ("workspace", "campaign__template__workspace__brand")  # a mail may look like it


def mails_of(
    delivery: Delivery,
    kind: str,
    stream: Stream,
    recipients: Collection[str],
    *,
    now: datetime,
    customer: Customer | None = None,
) -> list[Mail]:
    """Return mails about a delivery, for its caller to store; they are due when it is."""
    return [
        Mail(
            id=new_id(),
            workspace_id=delivery.workspace_id,
            kind=kind,
            about=str(delivery.id),
            stream_kind=stream.kind,
            stream_id=stream.id,
            customer=customer,
            recipient=recipient,
            created_at=now,
            due_at=delivery.due_at,
        )
        for recipient in recipients
    ]


def mailed(
    delivery: Delivery,
    kind: str,
    stream: Stream,
    recipients: Collection[str],
    customer: Customer | None = None,
) -> list[Mail]:
    """Return the mails that deliver it, for its caller to store with it."""
    mails = mails_of(delivery, kind, stream, recipients, now=delivery.created_at, customer=customer)
    delivery.state = State.MAILED if mails else State.FAILED
    delivery.words = "" if mails else "There is nobody to send it to."
    delivery.settled_at = None if mails else delivery.created_at
    delivery.mail_ids = [mail.id for mail in mails]
    return mails


def hasten_mails(delivery: Delivery, now: datetime) -> None:
    """Let them go now, those that nobody has begun to send."""
    Delivery.objects.filter(id=delivery.id).update(due_at=now)
    Mail.objects.filter(id__in=delivery.mail_ids, state="queued").update(due_at=now)


def deliveries_of(mails: Sequence[Mail]) -> dict[str, Delivery]:
    """Return what mails are about, by that key as text, with their rules."""
    rows = Delivery.objects.filter(id__in={mail.about for mail in mails})
    related = [f"{rule}__{of}" for rule in _RULES for of in _OF_RULES]
    return {str(row.id): row for row in rows.select_related(*related)}
