"""The form of a regular campaign's schedule: first survey, recurrence, daily limit, time frame.

What is mailed always has a time frame, over which a day's surveys are spread; what is shown in an
application has one if that is wanted.
"""

from typing import Any

from django import forms
from django.http import QueryDict

from afterword.campaigns.editor.priority import priority_field
from afterword.campaigns.editor.time_frame_fields import TimeFrameFields, shown_frame
from afterword.campaigns.models import Campaign
from afterword.web.conflicts import NoticesOthers

MOST_DAYS = 3650
_SAVED = ("first_after_days", "every_days", "daily_limit", "time_frame", "priority")


class RegularForm(NoticesOthers, TimeFrameFields):
    first_after_days = forms.IntegerField(
        label="Days after somebody was added", min_value=0, max_value=MOST_DAYS
    )
    recurs = forms.BooleanField(label="Recurring survey", required=False)
    every_days = forms.IntegerField(label="Days", required=False, min_value=1, max_value=MOST_DAYS)
    priority = priority_field()
    is_limited = forms.BooleanField(label="Daily limit", required=False)
    daily_limit = forms.IntegerField(
        label="Surveys a day", required=False, min_value=1, max_value=10_000_000
    )
    frames = forms.BooleanField(label="Time frame", required=False)

    def __init__(self, campaign: Campaign, given: QueryDict | None = None) -> None:
        super().__init__(given, initial=_initial(campaign))
        self.campaign = campaign
        if not campaign.is_in_app:
            del self.fields["frames"]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        for switch, name in (("recurs", "every_days"), ("is_limited", "daily_limit")):
            if given.get(switch) and given.get(name) is None and name not in self.errors:
                self.add_error(name, "Give a number.")
        if self._has_frame:
            self.check_time_frame()
        return given

    def save(self) -> None:
        given, campaign = self.cleaned_data, self.campaign
        campaign.first_after_days = given["first_after_days"]
        campaign.every_days = given["every_days"] if given["recurs"] else None
        campaign.daily_limit = given["daily_limit"] if given["is_limited"] else None
        campaign.priority = given["priority"] or campaign.priority
        campaign.time_frame = self.time_frame() if self._has_frame else None
        campaign.save(update_fields=[*_SAVED, "updated_at"])

    @property
    def _has_frame(self) -> bool:
        return bool(self.cleaned_data.get("frames", True))


def _initial(campaign: Campaign) -> dict[str, object]:
    first = campaign.first_after_days
    return {
        "first_after_days": 3 if first is None else first,
        "recurs": campaign.every_days is not None,
        "every_days": campaign.every_days or 90,
        "priority": campaign.priority,
        "is_limited": campaign.daily_limit is not None,
        "daily_limit": campaign.daily_limit or 1000,
        "frames": campaign.time_frame is not None,
        **shown_frame(campaign.time_frame),
    }
