"""Notifications, autoresponders and webhooks as a file has them; values of headers are left out."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from afterword.apply.writing.spans import span
from afterword.apply.writing.text import given
from afterword.core.sealed import Unreadable
from afterword.followups.autoresponders.models import Autoresponder
from afterword.followups.notifications.models import WEEKDAYS, By, Frequency, Notification
from afterword.followups.rules import Rule
from afterword.followups.webhooks.body import PREFILLED
from afterword.followups.webhooks.models import Webhook

# A secret that the workspace has is written as null: it stays as it is.
KEPT = None
_NO_COMMENT = "feedback_without_comment"


def webhook_as_written(rule: Webhook) -> dict[str, Any]:
    try:
        headers = dict.fromkeys(rule.headers, KEPT)
    except Unreadable:  # the key that they were encrypted with is gone
        headers = {}
    body = "" if rule.body == PREFILLED else rule.body
    return {
        **given({"name": rule.name, "url": rule.url, **_followed(rule)}),
        **given({"headers": headers, "body": body}),
        "active": rule.is_enabled,
    }


def notification_as_written(rule: Notification, people: Mapping[UUID, str]) -> dict[str, Any]:
    """`people` are the workspace's members' addresses by their users' keys."""
    is_weekly = rule.frequency == Frequency.WEEKLY
    found = {
        **given({"name": rule.name, **_followed(rule)}),
        "frequency": rule.frequency,
        "hour": rule.hour if rule.is_digest or rule.hour != 8 else None,
        "weekday": WEEKDAYS[rule.weekday][:3].lower() if is_weekly or rule.weekday else None,
        "send_empty": rule.sends_empty or None,
        "channel": rule.channel,
        "members": [people[id_] for id_ in rule.members if id_ in people],
        "to": rule.addresses,
        "slack_channel": rule.slack_channel,
    }
    secret = {}
    if rule.channel == By.SLACK:
        secret = {"slack_token" if rule.slack_channel else "slack_url": KEPT}
    return {**given(found), **secret, "active": rule.is_enabled}


def autoresponder_as_written(rule: Autoresponder) -> dict[str, Any]:
    followed = _followed(rule)
    [when] = followed.pop("events")
    return {
        **given(
            {
                "name": rule.name,
                "when": "no_comment" if when == _NO_COMMENT else when,
                **followed,
                "sender_name": rule.sender_name,
                "sender_address": rule.sender_address,
                "reply_to": rule.reply_to,
                "subject": rule.subject,
                "body": rule.body,
                "buttons": rule.buttons,
            }
        ),
        "delay": {"min": span(rule.delay_min), "max": span(rule.delay_max)},
        "active": rule.is_enabled,
    }


def _followed(rule: Rule) -> dict[str, Any]:
    bounds = given({"min": rule.score_min, "max": rule.score_max})
    audience = rule.audience if rule.audience.get("filters") else {}
    return {"events": list(rule.events), **given({"score": bounds, "audience": audience})}
