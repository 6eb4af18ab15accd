"""Rules for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_network
from typing import Any
from uuid import UUID

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from afterword.campaigns.models import Campaign
from afterword.core.clock import database_now
from afterword.core.sealed import seal
from afterword.feedback.answering.answer import record_answer
from afterword.followups.autoresponders.models import Autoresponder
from afterword.followups.engine.claim import claim
from afterword.followups.engine.deliver import deliver
from afterword.followups.engine.follow import follow
from afterword.followups.engine.turn import take_turn
from afterword.followups.models import Delivery, State
from afterword.followups.notifications.digest import next_digest
from afterword.followups.notifications.models import By, Notification
from afterword.followups.rules import READER, save
from afterword.followups.webhooks.body import PREFILLED
from afterword.followups.webhooks.models import Webhook
from afterword.followups.webhooks.request import new_secret
from afterword.happenings.read import is_behind
from afterword.mail.servers.find import Servers
from afterword.sending.loop import SenderLoop
from afterword.sending.models import Mail
from tests.factories import a_customer, a_sent_survey
from tests.running_afterword import eventually
from tests.smtp import Sink, smtp_sink


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


def a_notification(campaign: Campaign | None = None, **fields: Any) -> Notification:
    """One that is on, and tells team@acme.test of every answer at once."""
    workspace = fields.pop("workspace", None) or (campaign.workspace if campaign else None)
    slack_url = fields.pop("slack_url", "")
    columns = {"events": ["feedback"], "addresses": ["team@acme.test"], **fields}
    notification = Notification(workspace=workspace, campaign=campaign, **columns)
    if slack_url:
        notification.channel, notification.sealed_slack_url = By.SLACK, seal(slack_url)
    now = timezone.now()
    notification.digest_at = notification.digest_at or next_digest(notification, now)
    save(notification, now, enabled=True)
    return notification


def answer(campaign: Campaign, score: int = 9, comment: str | None = None, **of: Any) -> Any:
    """Somebody answers; return the invitation and the response."""
    customer = of.pop("customer", None) or a_customer(campaign.workspace, first_name="Ann")
    survey = a_sent_survey(campaign, customer=customer)
    submitted = of.pop("submitted", False)
    return survey, record_answer(survey, score, comment, timezone.now(), submitted=submitted)


def read_all() -> None:
    """Follow what happened, once nobody else's transaction hides it."""
    eventually(lambda: take_turn(lambda: None))


def queries_of_passes() -> list[list[str]]:
    """Follow what happened; return the statements of each pass that it took.

    A transaction that is open elsewhere in the cluster hides some of it from a pass.
    """
    found = []

    def one_pass() -> bool:
        with CaptureQueriesContext(connection) as captured:
            follow(database_now())
        found.append([one["sql"] for one in captured])
        return not is_behind(READER)

    eventually(one_pass)
    return found


def deliver_next(lane: UUID) -> bool:
    """Deliver what is due next in a lane; return whether there was something."""
    now = database_now()
    claimed = claim({lane: 1}, now)
    for delivery in claimed:
        deliver(delivery, now)
    return bool(claimed)


def fast_forward(by: timedelta) -> None:
    """Let what waits be due so much earlier."""
    for row in Delivery.objects.filter(state__in=[State.WAITING, State.GATHERED, State.MAILED]):
        earlier = {"due_at": row.due_at - by, "created_at": row.created_at - by}
        Delivery.objects.filter(id=row.id).update(**earlier)
    for mail in Mail.objects.filter(state="queued"):
        Mail.objects.filter(id=mail.id).update(due_at=mail.due_at - by)


@dataclass
class Posting:
    """A mail server, and what sends to it."""

    sink: Sink
    loop: SenderLoop

    def send_due(self) -> None:
        self.loop.send_due()

    def messages(self) -> Any:
        return self.sink.messages()

    @property
    def received(self) -> list[bytes]:
        return self.sink.received

    @property
    def recipients(self) -> list[str]:
        return self.sink.recipients


@contextmanager
def posting() -> Iterator[Posting]:
    """Run both."""
    with smtp_sink() as (sink, server):
        own = replace(server, connections=2)
        loop = SenderLoop(lambda: Servers(own, {}))
        try:
            yield Posting(sink, loop)
        finally:
            loop.close()


def an_autoresponder(campaign: Campaign, **fields: Any) -> Autoresponder:
    """One that is on, and thanks promoters."""
    columns = {
        "events": ["promoter"],
        "subject": "Thank you, {{ first_name }}",
        "body": "You gave us {{ score }}.",
        **fields,
    }
    rule = Autoresponder(workspace=campaign.workspace, campaign=campaign, **columns)
    save(rule, timezone.now(), enabled=True)
    return rule
