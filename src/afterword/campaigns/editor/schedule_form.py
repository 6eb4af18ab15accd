"""The form of a campaign's schedule: what triggers it, and sample, delay, throttle, time frame."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import QueryDict

from afterword.campaigns.certainty import in_words
from afterword.campaigns.editor.event_names import EventNamesField
from afterword.campaigns.editor.priority import priority_field
from afterword.campaigns.editor.time_frame_fields import TimeFrameFields, shown_frame
from afterword.campaigns.models import Campaign, Service, ThrottleScope
from afterword.core.announce import announce
from afterword.customers.values import PropertyType
from afterword.survey_templates.metrics import Metric
from afterword.web.conflicts import NoticesOthers

UNITS = {
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    "days": timedelta(days=1),
}
LONGEST_DELAY = timedelta(days=365)
MOST_THROTTLE_DAYS = 3650
MOST_ANSWERS = 100_000
_SAVED = (
    "service", "events", "sample_percent", "target_answers", "target_property",
    "delay", "throttle_days", "throttle_scope", "time_frame",
    "priority",
)  # fmt: skip


def in_units(delay: timedelta) -> tuple[float, str]:
    """Return a delay in the largest unit that has no fraction of it, else in minutes."""
    for unit in ("days", "hours"):
        if delay and not delay % UNITS[unit]:
            return delay / UNITS[unit], unit
    return delay / UNITS["minutes"], "minutes"


def _switch(label: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


class ScheduleForm(NoticesOthers, TimeFrameFields):
    """Each option has a switch; what is off is stored as every event, always, at once."""

    service = forms.ChoiceField(
        label="The survey is triggered by",
        choices=Service.choices,
        help_text="What the section Setup shows depends on it.",
    )
    events = EventNamesField()
    samples = _switch("Sample audience")
    sample_percent = forms.FloatField(
        label="Percentage of events", required=False, min_value=0, max_value=100
    )
    targets = _switch("Answer target")
    target_answers = forms.IntegerField(
        label="Answers a week", required=False, min_value=1, max_value=MOST_ANSWERS
    )
    target_property = forms.ChoiceField(label="For each value of", required=False)
    delays = _switch("Delay survey")
    delay_number = forms.FloatField(
        label="Delay", required=False, min_value=0, max_value=365 * 24 * 60
    )
    delay_unit = forms.ChoiceField(
        label="Unit of the delay", required=False, choices=[(unit, unit) for unit in UNITS]
    )
    throttles = _switch("Throttle survey")
    throttle_days = forms.IntegerField(
        label="Days", required=False, min_value=1, max_value=MOST_THROTTLE_DAYS
    )
    throttle_scope = forms.ChoiceField(
        label="Counted are surveys of", required=False, choices=ThrottleScope.choices
    )

    priority = priority_field()
    frames = _switch("Time frame")

    def __init__(self, campaign: Campaign, given: QueryDict | None = None) -> None:
        super().__init__(given, initial=_initial(campaign))
        self.campaign = campaign
        if campaign.is_in_app:  # its Setup shows the browser library's ways, which are Segment's
            of_pages = [(Service.SEGMENT.value, "Segment, or the script on your pages")]
            self.fields["service"].choices = of_pages  # type: ignore[attr-defined]
        self.fields["target_property"].choices = _properties(campaign)  # type: ignore[attr-defined]
        self.fields["sample_percent"].widget.attrs["step"] = "any"
        self.fields["delay_number"].widget.attrs["step"] = "any"

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        self._need("samples", "sample_percent", "Give the percentage.")
        self._need("targets", "target_answers", "Give the number of answers.")
        self._need("delays", "delay_number", "Give the time to wait.")
        self._need("throttles", "throttle_days", "Give the number of days.")
        if given.get("samples") and given.get("sample_percent") == 0:
            self.add_error(
                "sample_percent", "0 % asks nobody: to ask nobody, switch the campaign off."
            )
        if given.get("delays") and not self.errors:
            self._check_delay(given["delay_number"] * UNITS[given["delay_unit"] or "days"])
        if given.get("frames"):
            self.check_time_frame()
        return given

    @property
    def certainty(self) -> str:
        """How sure a score the wanted answers allow; empty while no number is given."""
        wanted = str(self["target_answers"].value() or "")
        # int() takes only so many digits.
        if not wanted.isdecimal() or not 1 <= int(wanted[:20]) <= MOST_ANSWERS:
            return ""
        return in_words(Metric(self.campaign.metric), int(wanted))

    def save(self) -> None:
        given = self.cleaned_data
        campaign = self.campaign
        campaign.service, campaign.events = given["service"], given["events"]
        campaign.sample_percent = given["sample_percent"] if given["samples"] else 100
        campaign.target_answers = given["target_answers"] if given["targets"] else None
        campaign.target_property = given["target_property"] if given["targets"] else ""
        campaign.delay = given["delay"] if given["delays"] else timedelta(0)
        campaign.throttle_days = given["throttle_days"] if given["throttles"] else None
        campaign.throttle_scope = given["throttle_scope"] or ThrottleScope.CAMPAIGN
        campaign.priority = given["priority"] or campaign.priority
        campaign.time_frame = self.time_frame() if given["frames"] else None
        campaign.save(update_fields=[*_SAVED, "updated_at"])
        announce()

    def _need(self, switch: str, name: str, text: str) -> None:
        on, value = self.cleaned_data.get(switch), self.cleaned_data.get(name)
        if on and value is None and name not in self.errors:
            self.add_error(name, text)

    def _check_delay(self, delay: timedelta) -> None:
        if not delay:
            self.add_error("delay_number", "To send at once, switch the delay off.")
        elif delay > LONGEST_DELAY:
            self.add_error("delay_number", "The delay is at most 365 days.")
        self.cleaned_data["delay"] = delay


def _initial(campaign: Campaign) -> dict[str, object]:
    number, unit = in_units(campaign.delay) if campaign.delay else (1, "days")
    return {
        "service": campaign.service or Service.SEGMENT,
        "events": "\n".join(campaign.events),
        "samples": campaign.sample_percent < 100,
        "sample_percent": _plain(campaign.sample_percent if campaign.sample_percent < 100 else 50),
        "targets": campaign.target_answers is not None,
        "target_answers": campaign.target_answers or 30,
        "target_property": campaign.target_property,
        "delays": bool(campaign.delay),
        "delay_number": _plain(number),
        "delay_unit": unit,
        "throttles": campaign.throttle_days is not None,
        "throttle_days": campaign.throttle_days or 30,
        "throttle_scope": campaign.throttle_scope,
        "priority": campaign.priority,
        "frames": campaign.time_frame is not None,
        **shown_frame(campaign.time_frame),
    }


def _properties(campaign: Campaign) -> list[tuple[str, str]]:
    """Return the properties whose values may have a target each; the chosen one even if it went."""
    rows = campaign.workspace.properties.filter(type=PropertyType.TEXT).order_by("name")
    names = list(rows.values_list("name", flat=True))
    gone = campaign.target_property
    if gone and gone not in names:
        names.append(gone)
    return [("", "all customers together"), *((name, f"each {name}") for name in names)]


def _plain(number: float) -> float | int:
    return int(number) if number == int(number) else number
