"""Rules for tests."""

from dataclasses import replace
from ipaddress import ip_network
from typing import Any

from django.utils import timezone

from afterword.core.sealed import seal
from afterword.followups.rules import save
from afterword.followups.webhooks.body import PREFILLED
from afterword.followups.webhooks.models import Webhook
from afterword.followups.webhooks.request import new_secret


def allow_loopback(settings: Any, network: Any = None) -> None:
    """Let webhooks reach the test's own servers."""
    allowed = (network or ip_network("127.0.0.1/32"),)
    settings.CONFIGURATION = replace(settings.CONFIGURATION, egress_allow=allowed)


def a_webhook(url: str, **fields: Any) -> Webhook:
    """One that is on, and follows every answer of a campaign, or of a workspace."""
    campaign = fields.pop("campaign", None)
    headers = fields.pop("headers", {})
    workspace = fields.pop("workspace", None) or campaign.workspace
    columns = {"events": ["feedback"], "body": PREFILLED, **fields}
    webhook = Webhook(
        workspace=workspace,
        campaign=campaign,
        url=url,
        sealed_secret=seal(new_secret()),
        **columns,
    )
    webhook.headers = headers
    save(webhook, timezone.now(), enabled=True)
    return webhook
