"""What a form says of the weekdays and hours in which surveys may be sent."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from django import forms

from afterword.campaigns.time_frame import DAYS, USUAL

_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class TimeFrameFields(forms.Form):
    days = forms.MultipleChoiceField(
        label="On",
        required=False,
        choices=list(zip(DAYS, _NAMES, strict=True)),
        widget=forms.CheckboxSelectMultiple,
    )
    begins = forms.TimeField(
        label="From", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        label="to", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    own_time = forms.BooleanField(label="By each customer's own clocks", required=False)

    def check_time_frame(self) -> None:
        given = self.cleaned_data
        if not given.get("days"):
            self.add_error("days", "Choose at least one day.")
        if not given.get("begins") or not given.get("ends"):
            self.add_error("begins", "Give both times.")
        elif given["begins"] >= given["ends"]:
            self.add_error("ends", "It ends after it begins, on the same day.")

    def time_frame(self) -> dict[str, Any]:
        """Return the frame as it is stored."""
        given = self.cleaned_data
        begins, ends = given["begins"], given["ends"]
        frame = {"days": given["days"], "from": f"{begins:%H:%M}", "to": f"{ends:%H:%M}"}
        return {**frame, "own_time": True} if given["own_time"] else frame


def shown_frame(stored: Mapping[str, Any] | None) -> dict[str, Any]:
    frame: Mapping[str, Any] = stored or USUAL
    return {
        "days": frame["days"],
        "begins": time.fromisoformat(frame["from"]),
        "ends": time.fromisoformat(frame["to"]),
        "own_time": bool(frame.get("own_time")),
    }
