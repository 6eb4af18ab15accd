"""The form of our own people: an address or a domain on each line."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from afterword.feedback.own_people.recount import change_own_people
from afterword.suppressions.patterns import PatternRefused, read_pattern
from afterword.web.conflicts import NoticesOthers
from afterword.workspaces.models import MOST_OWN_PEOPLE, Workspace


class OwnPeopleForm(NoticesOthers, forms.Form):
    patterns = forms.CharField(
        label="Domains and addresses",
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocapitalize": "none"}),
        help_text="One on each line: acme.com for everybody there, *.acme.com for the domains "
        "below it, ann@example.com for one person.",
    )

    def __init__(self, workspace: Workspace, data: Any = None) -> None:
        super().__init__(data, initial={"patterns": "\n".join(workspace.own_people)})
        self.workspace = workspace

    def clean_patterns(self) -> list[str]:
        lines = filter(None, map(str.strip, self.cleaned_data["patterns"].splitlines()))
        try:
            patterns = list(dict.fromkeys(map(read_pattern, lines)))
        except PatternRefused as refusal:
            raise ValidationError(str(refusal)) from None
        if len(patterns) > MOST_OWN_PEOPLE:
            raise ValidationError(f"At most {MOST_OWN_PEOPLE} can be named: name their domain.")
        return patterns

    def save(self) -> None:
        change_own_people(self.workspace, self.cleaned_data["patterns"])
