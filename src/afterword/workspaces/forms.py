"""The forms of a workspace's settings."""

from itertools import permutations
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from afterword.core.one_line import one_line_only
from afterword.web.conflicts import NoticesOthers
from afterword.workspaces.models import (
    MAILS_ARE_A_PERSONS,
    MOST_ADDRESS_WAIT_MINUTES,
    MOST_EVENT_AGE_DAYS,
    MOST_FATIGUE_DAYS,
    MOST_FATIGUE_SURVEYS,
    MOST_MAILS_PER_DAY,
    Scope,
    Workspace,
)


class TokenForm(forms.Form):
    name = forms.CharField(
        max_length=100,
        validators=[one_line_only],
        help_text="Where the token is used, such as: production server.",
    )
    scope = forms.ChoiceField(
        label="What it may do",
        choices=Scope.choices,
        initial=Scope.INGEST,
        widget=forms.RadioSelect,
    )


def time_zones() -> list[tuple[str, str]]:
    """Return the named zones of places, as a choice."""
    places = (name for name in available_timezones() if "/" in name and _is_place(name))
    return [(name, name.replace("_", " ")) for name in ["UTC", *sorted(places)]]


def _is_place(name: str) -> bool:
    return not name.startswith(("Etc/", "SystemV/", "US/", "posix/", "right/"))


class WorkspaceForm(NoticesOthers, forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Workspace
        fields = (
            "name",
            "time_zone",
            "keeps_unsent_properties",
            "max_mails_per_day",
            "fatigue_surveys",
            "fatigue_days",
            "max_event_age_days",
            "address_wait_minutes",
            "tracks_opens",
        )
        labels: ClassVar = {
            "keeps_unsent_properties": "Keep properties that an event does not carry",
            "max_mails_per_day": "Survey mails one person gets in 24 hours, at most",
            "fatigue_surveys": "Fatigue budget: surveys of one customer, at most",
            "fatigue_days": "… in so many days",
            "max_event_age_days": "Days after which an event is too old to ask about",
            "address_wait_minutes": "Minutes that an event waits for an address",
            "tracks_opens": "Track whether survey mails are opened",
        }
        help_texts: ClassVar = {
            "time_zone": "Dates and times are shown in it.",
            "keeps_unsent_properties": "Off: a property that an event does not carry is "
            "unassigned from the customer.",
            "max_mails_per_day": "Counted for each address, over all campaigns. "
            + MAILS_ARE_A_PERSONS,
            "fatigue_surveys": "Over all campaigns and channels; empty for no budget. Where two "
            "campaigns compete for the last place, the one with the higher priority gets it.",
            "max_event_age_days": "An older event brings the customer up to date, but nobody "
            "is surveyed.",
            "address_wait_minutes": "An event may overtake the call that says whose it is. If no "
            "address is known after that time, nobody is surveyed.",
            "tracks_opens": "Puts an invisible picture into each survey mail; fetching it says "
            "that the mail was opened.",
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        zones = time_zones()
        if self.instance.time_zone not in dict(zones):
            zones.append((self.instance.time_zone, self.instance.time_zone))
        self.fields["time_zone"] = forms.ChoiceField(
            choices=zones, help_text=self.fields["time_zone"].help_text
        )
        self.fields["name"].validators.append(one_line_only)
        _limit(self.fields["max_mails_per_day"], MOST_MAILS_PER_DAY, MAILS_ARE_A_PERSONS)
        _limit(self.fields["fatigue_surveys"], MOST_FATIGUE_SURVEYS)
        _limit(self.fields["fatigue_days"], MOST_FATIGUE_DAYS)
        _limit(self.fields["max_event_age_days"], MOST_EVENT_AGE_DAYS)
        _limit(self.fields["address_wait_minutes"], MOST_ADDRESS_WAIT_MINUTES)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for name, other in permutations(("fatigue_surveys", "fatigue_days")):
            if given.get(name) is None and given.get(other) is not None:
                self.add_error(name, "A budget needs both numbers.")
        return given


def _limit(field: forms.Field, most: int, about: str = "") -> None:
    words = f"This is at most {most:,}. {about}".rstrip()
    field.validators = [MinValueValidator(1), MaxValueValidator(most, words)]  # not the column's
    field.widget.attrs |= {"min": 1, "max": most}
