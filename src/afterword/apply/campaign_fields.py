"""Read a campaign from a workspace's file."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from afterword.apply.audience_fields import read_audience
from afterword.apply.durations import read_duration
from afterword.apply.fields import Fields, read_key
from afterword.apply.followup_fields import (
    read_campaigns_rules,
)
from afterword.apply.in_app_fields import read_in_app
from afterword.apply.things import CampaignSpec, ReminderSpec
from afterword.campaigns.editor.forms import LONGEST_LABEL, MOST_LABELS
from afterword.campaigns.editor.priority import MOST_PRIORITY
from afterword.campaigns.editor.reminders_form import HOW, MOST_DAYS
from afterword.campaigns.editor.schedule_form import (
    LONGEST_DELAY,
    MOST_ANSWERS,
    MOST_THROTTLE_DAYS,
)
from afterword.campaigns.models import (
    MOST_REMINDERS,
    CampaignType,
    Channel,
    ReminderWhen,
    Service,
    ThrottleScope,
)
from afterword.campaigns.time_frame import DAYS
from afterword.survey_templates.metrics import Metric

LATER = ("reminders",)
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_DAYS = re.compile(r"(\d{1,6}) *(day|week)s?")


def read_campaign(fields: Fields, folder: Path) -> CampaignSpec:
    columns: dict[str, Any] = {
        "name": fields.text("name", 100),
        "channel": fields.choice("channel", Channel, Channel.EMAIL),
        "type": fields.choice("type", CampaignType, CampaignType.TRANSACTIONAL),
        "sample_percent": fields.number("sample_percent", 0, 100, 100),
        **_target(fields),
        "delay": read_duration(fields, "delay", timedelta(0), LONGEST_DELAY),
        **_trigger(fields),
        **_throttle(fields),
        **_regular(fields),
        "time_frame": _time_frame(fields),
        "in_app": read_in_app(fields),
        "priority": fields.integer("priority", 1, MOST_PRIORITY) or 1,
        "labels": _labels(fields),
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
        archived=fields.switch("archived", None),
        followups=read_campaigns_rules(fields, folder),
    )
    if found.active and found.archived:
        fields.refuse("active", "A campaign in the archive is off: take one of the two out.")
    fields.finish()
    return found


def _labels(fields: Fields) -> list[str]:
    """Return them as the list of campaigns has them: each once, sorted."""
    words = [" ".join(word.split()) for word in fields.texts("labels", LONGEST_LABEL)]
    if len(words) > MOST_LABELS:
        fields.refuse("labels", f"A campaign has at most {MOST_LABELS} labels.")
    if any("," in word for word in words):
        fields.refuse("labels", "A label has no comma: write each as an item of its own.")
    return sorted({word.casefold(): word for word in words if word}.values())


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


def _regular(fields: Fields) -> dict[str, Any]:
    """`first_after` and `every` are whole days; `every` left out means only the first survey."""
    regular = fields.child("regular")
    if regular is None:
        return {"first_after_days": None, "every_days": None, "daily_limit": None}
    found = {
        "first_after_days": _days(regular, "first_after"),
        "every_days": _days(regular, "every") or None,
        "daily_limit": regular.integer("daily_limit", 1, 10_000_000),
    }
    regular.finish()
    return found


def _days(fields: Fields, name: str) -> int | None:
    text = fields.text(name, 100, "")
    match = _DAYS.fullmatch(text)
    if not text or text == "0":
        return 0 if text else None
    if match is None:
        fields.refuse(name, f'{text!r} is no number of days: write "3 days".')
        return None
    return int(match[1]) * (7 if match[2] == "week" else 1)


def _time_frame(fields: Fields) -> dict[str, Any] | None:
    frame = fields.child("time_frame")
    if frame is None:
        return None
    days = [day for day in frame.texts("days", 3) if _is_day(frame, day)]
    begins, ends = _clock(frame, "from"), _clock(frame, "to")
    if not days:
        frame.refuse("days", f"Name at least one of {', '.join(DAYS)}.")
    elif begins and ends and begins >= ends:
        frame.refuse("to", "It ends after it begins: write from: 09:00 and to: 17:00, in quotes.")
    own_time = frame.switch("own_time", False)
    frame.finish()
    found = {"days": days, "from": begins, "to": ends}
    return {**found, "own_time": True} if own_time else found


def _is_day(fields: Fields, day: str) -> bool:
    if day not in DAYS:
        fields.refuse("days", f"{day!r} is not one of {', '.join(DAYS)}.")
    return day in DAYS


def _clock(fields: Fields, name: str) -> str:
    text = fields.text(name, 10)
    if text and not _CLOCK.fullmatch(text):
        fields.refuse(name, f'{text!r} is no time: write it as "09:00", in quotes.')
        return ""
    return text


def _target(fields: Fields) -> dict[str, Any]:
    """How many answers are wanted in a week, of each value of a property if `by` names one."""
    target = fields.child("answer_target")
    if target is None:
        return {"target_answers": None, "target_property": ""}
    if not target.has("answers"):
        target.refuse("answers", "This is needed.")
    found = {
        "target_answers": target.integer("answers", 1, MOST_ANSWERS),
        "target_property": target.text("by", 100, ""),
    }
    target.finish()
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
        channel=fields.choice("channel", list(HOW), Channel.EMAIL),
        template_key=fields.text("template", 100),
    )
    fields.finish()
    return found
