"""The field that names a campaign's events, one on each line."""

from django import forms
from django.core.exceptions import ValidationError

MOST_EVENTS = 200
LONGEST_EVENT = 200


class EventNamesField(forms.CharField):
    """Shows and takes the names as lines; its value is the list of them, each once."""

    def __init__(self) -> None:
        super().__init__(
            label="Names of the events",
            required=False,
            strip=False,
            widget=forms.Textarea(
                attrs={"rows": 4, "spellcheck": "false", "autocapitalize": "none"}
            ),
            help_text="One on each line, exactly as your application tracks it: small and capital "
            "letters differ. None is needed where Segment's destination maps them.",
        )

    def clean(self, value: object) -> list[str]:
        lines = (line.strip() for line in str(super().clean(value)).splitlines())
        names = list(dict.fromkeys(filter(None, lines)))
        if len(names) > MOST_EVENTS:
            raise ValidationError(f"At most {MOST_EVENTS} events can trigger one campaign.")
        for name in names:
            if len(name) > LONGEST_EVENT:
                raise ValidationError(f"“{name[:40]}…” is longer than {LONGEST_EVENT} characters.")
        return names
