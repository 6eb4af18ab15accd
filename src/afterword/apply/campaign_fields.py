"""Read a campaign from a workspace's file."""

from datetime import timedelta
from typing import Any

from afterword.apply.audience_fields import read_audience
from afterword.apply.durations import read_duration
from afterword.apply.fields import Fields, read_key
from afterword.apply.followup_fields import (
    read_autoresponder,
    read_notification,
    read_rules,
    read_webhook,
)
from afterword.apply.things import CampaignSpec, ReminderSpec
from afterword.campaigns.editor.reminders_form import MOST_DAYS
from afterword.campaigns.editor.schedule_form import LONGEST_DELAY, MOST_THROTTLE_DAYS
from afterword.campaigns.models import (
    MOST_REMINDERS,
    CampaignType,
    Channel,
    ReminderWhen,
    Service,
    ThrottleScope,
)
from afterword.survey_templates.metrics import Metric

LATER = (
    "time_frame",
    "reminders",
    "link",
    "in-app",
    "regular",
)


def read_campaign(fields: Fields) -> CampaignSpec:
    columns: dict[str, Any] = {
        "name": fields.text("name", 100),
        "channel": fields.choice("channel", Channel, Channel.EMAIL),
        "type": fields.choice("type", CampaignType, CampaignType.TRANSACTIONAL),
        "sample_percent": fields.number("sample_percent", 0, 100, 100),
        "delay": read_duration(fields, "delay", timedelta(0), LONGEST_DELAY),
        **_trigger(fields),
        **_throttle(fields),
    }
    found = CampaignSpec(
        source=fields,
        key=read_key(fields),
        metric=fields.choice("metric", Metric),
        template_key=fields.text("template", 100, ""),
        columns=columns,
        audience=read_audience(fields),
        reminders=_reminders(fields),
        active=fields.switch("active", None),
        followups={
            "notifications": read_rules(fields, "notifications", read_notification),
            "autoresponders": read_rules(fields, "autoresponders", read_autoresponder),
            "webhooks": read_rules(fields, "webhooks", read_webhook),
        },
    )
    fields.finish()
    return found


def _trigger(fields: Fields) -> dict[str, Any]:
    trigger = fields.child("trigger")
    if trigger is None:
        return {"service": "", "events": []}
    found = {
        "service": trigger.choice("service", Service, Service.SEGMENT),
        "events": trigger.texts("events", 200),
    }
    trigger.finish()
    return found


def _throttle(fields: Fields) -> dict[str, Any]:
    throttle = fields.child("throttle")
    if throttle is None:
        return {"throttle_days": None, "throttle_scope": ThrottleScope.CAMPAIGN}
    if not throttle.has("days"):
        throttle.refuse("days", "This is needed.")
    found = {
        "throttle_days": throttle.integer("days", 1, MOST_THROTTLE_DAYS),
        "throttle_scope": throttle.choice("scope", ThrottleScope, ThrottleScope.CAMPAIGN),
    }
    throttle.finish()
    return found


def _reminders(fields: Fields) -> list[ReminderSpec]:
    found = [_reminder(each) for each in fields.children("reminders", most=MOST_REMINDERS)]
    first: dict[tuple[str, int], Fields] = {}
    for each in found:
        if first.setdefault((each.when, each.after_days), each.source) is not each.source:
            each.source.refuse("after_days", "There is a reminder like this already.")
    return found


def _reminder(fields: Fields) -> ReminderSpec:
    if not fields.has("after_days"):
        fields.refuse("after_days", "This is needed.")
    found = ReminderSpec(
        source=fields,
        when=fields.choice("when", ReminderWhen, ReminderWhen.NOT_ANSWERED),
        after_days=fields.integer("after_days", 1, MOST_DAYS) or 0,
        template_key=fields.text("template", 100),
    )
    fields.finish()
    return found
