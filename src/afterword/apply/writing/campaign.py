"""A campaign as a file has it."""

from typing import Any

from afterword.apply.writing.spans import days, span
from afterword.apply.writing.text import given, whole
from afterword.campaigns.models import Campaign, Reminder


def campaign_as_written(campaign: Campaign) -> dict[str, Any]:
    """Its follow-ups are not in it yet."""
    return {
        "key": campaign.key,
        "name": campaign.name,
        "metric": campaign.metric,
        "channel": campaign.channel,
        "type": campaign.type,
        **given(
            {
                "template": campaign.template.key if campaign.template else "",
                "labels": campaign.labels,
                "trigger": _trigger(campaign),
                "regular": _regular(campaign),
                "audience": _audience(campaign.audience),
            }
        ),
        "sample_percent": whole(campaign.sample_percent),
        **given({"answer_target": _target(campaign)}),
        "delay": span(campaign.delay),
        **given({"throttle": _throttle(campaign), "time_frame": campaign.time_frame}),
        **given({"in_app": campaign.in_app}),
        "priority": campaign.priority,
        **given({"reminders": [_reminder(each) for each in _reminders_of(campaign)]}),
        "active": campaign.is_active,
        "archived": campaign.is_archived,
    }


def _trigger(campaign: Campaign) -> dict[str, Any]:
    return given({"service": campaign.service, "events": list(campaign.events)})


def _regular(campaign: Campaign) -> dict[str, Any]:
    first, every = campaign.first_after_days, campaign.every_days
    return given(
        {
            "first_after": None if first is None else days(first),
            "every": None if every is None else days(every),
            "daily_limit": campaign.daily_limit,
        }
    )


def _audience(stored: dict[str, Any]) -> dict[str, Any]:
    return stored if stored.get("filters") else {}


def _target(campaign: Campaign) -> dict[str, Any]:
    return given({"answers": campaign.target_answers, "by": campaign.target_property})


def _throttle(campaign: Campaign) -> dict[str, Any]:
    if campaign.throttle_days is None:
        return {}
    return {"days": campaign.throttle_days, "scope": campaign.throttle_scope}


def _reminders_of(campaign: Campaign) -> list[Reminder]:
    return sorted(campaign.reminders.all(), key=lambda reminder: reminder.position)


def _reminder(reminder: Reminder) -> dict[str, Any]:
    return {
        "when": reminder.when,
        "after_days": reminder.after_days,
        "channel": reminder.channel,
        "template": reminder.template.key,
    }
