"""Webhooks as a section of the pages."""

from datetime import datetime

from afterword.followups.engine.claim import LEASE
from afterword.followups.engine.deliver import deliver
from afterword.followups.engine.settle import LAST_TRY
from afterword.followups.models import TEST, Delivery, State
from afterword.followups.pages.section import Section
from afterword.followups.values import FIELDS
from afterword.followups.webhooks.form import WebhookForm
from afterword.followups.webhooks.models import Webhook
from afterword.followups.webhooks.rotate import rotate
from afterword.workspaces.models import Member


def send_test(webhook: Webhook, member: Member, now: datetime) -> tuple[bool, str]:
    """Send an example once, at once; it is in the log like any other."""
    delivery = Delivery.objects.create(
        workspace=member.workspace,
        webhook=webhook,
        lane=webhook.id,
        kind=TEST,
        happened_at=now,
        created_at=now,
        due_at=now,
        state=State.SENDING,
        attempt=LAST_TRY,
        lease_until=now + LEASE,
    )
    reply = deliver(delivery, now)
    if reply is None:
        delivery.refresh_from_db()
        return False, f"The test was not sent. {delivery.words}"
    if reply.is_taken:
        return True, f"The test arrived: it answered {reply.status}."
    return False, f"The test did not arrive. {reply.words}"


SECTION = Section(
    "webhooks",
    "Webhooks",
    "webhook",
    Webhook,
    WebhookForm,
    send_test,
    "Send a test",
    "Tell another application what happened, by a signed request.",
    "No webhook yet. It needs an address, and what is to be told.",
    FIELDS,
    made=lambda webhook: webhook.secret,
    rotate=rotate,
)
