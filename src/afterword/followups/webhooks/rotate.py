"""Change a webhook's secret without a request that its receiver cannot check."""

from datetime import datetime, timedelta

from afterword.core.sealed import Unreadable, seal
from afterword.followups.webhooks.models import Webhook
from afterword.followups.webhooks.request import new_secret

BOTH_ARE_VALID = timedelta(days=1)


def rotate(webhook: Webhook, now: datetime) -> str:
    """Give it a new secret and return that; requests are signed with the old one too, for a day."""
    try:
        webhook.secret  # noqa: B018  (whether it can be read: the installation's key may have changed)
        webhook.sealed_old_secret = webhook.sealed_secret
        webhook.old_secret_until = now + BOTH_ARE_VALID
    except Unreadable:
        webhook.sealed_old_secret, webhook.old_secret_until = "", None
    secret = new_secret()
    webhook.sealed_secret = seal(secret)
    webhook.save(
        update_fields=["sealed_secret", "sealed_old_secret", "old_secret_until", "updated_at"]
    )
    return secret
