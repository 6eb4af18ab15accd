"""Make the request of a webhook: its body filled in, signed as Standard Webhooks has it.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime

from standardwebhooks.webhooks import Webhook as Signer

from afterword.core.sealed import Unreadable
from afterword.followups.engine.occurrence import Occurrence
from afterword.followups.engine.post import Request
from afterword.followups.engine.room import (
    SWITCHED_OFF,
    CannotBeMade,
    NotNeeded,
    Requests,
    follows,
    is_off,
)
from afterword.followups.events import Follows
from afterword.followups.models import TEST, Delivery
from afterword.followups.values import occurrences_of, values_of
from afterword.followups.webhooks.body import BodyRefused, fill
from afterword.followups.webhooks.models import Webhook

SECRET_BYTES = 32
# What we say ourselves; a user cannot.
OURS = frozenset(
    {"content-type", "content-length", "host", "user-agent", "transfer-encoding", "connection"}
)


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def is_secret(text: str) -> bool:
    """Tell whether Standard Webhooks takes it: 24 to 64 bytes."""
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        return False
    return text.startswith("whsec_") and 24 <= len(key) <= 64


def requests_of(deliveries: Sequence[Delivery], now: datetime) -> Requests:
    """Make them of the rows of today: a fixed number of queries."""
    rows = Webhook.objects.select_related("workspace", "campaign")
    webhooks = rows.in_bulk({one.webhook_id for one in deliveries})
    found = occurrences_of(deliveries)
    return {
        one.id: _request(one, webhooks[one.webhook_id], found.get(one.id), now)
        for one in deliveries
        if one.webhook_id in webhooks
    }


def _request(
    delivery: Delivery, webhook: Webhook, occurrence: Occurrence | None, now: datetime
) -> Request | NotNeeded | CannotBeMade:
    """Only what was to have no comment, and got one meanwhile, is asked again.

    Other webhooks tell what happened then, and `feedback.changed` follows.
    """
    if is_off(webhook, delivery):
        return SWITCHED_OFF
    if delivery.kind != TEST:
        if occurrence is None:
            return NotNeeded("What it was about is deleted.")
        waited = delivery.attempt == 1 and delivery.due_at > delivery.created_at
        if waited and follows(webhook, occurrence) is Follows.NOT:
            return NotNeeded("It is not what this webhook follows any more.")
    try:
        body = fill(webhook.body, values_of(delivery, webhook, occurrence))
        secrets_, own_headers = webhook.secrets(now), webhook.headers
    except (BodyRefused, Unreadable) as fault:
        return CannotBeMade(str(fault))
    return Request(webhook.url, body, _headers(delivery, secrets_, body, now), own_headers)


def _headers(
    delivery: Delivery, secrets_: Sequence[str], body: bytes, now: datetime
) -> dict[str, str]:
    """A receiver takes any one of the signatures that it can check."""
    text = body.decode()
    signatures = [Signer(secret).sign(str(delivery.id), now, text) for secret in secrets_]
    return {
        "Content-Type": "application/json",
        "User-Agent": "Afterword",
        "webhook-id": str(delivery.id),
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
