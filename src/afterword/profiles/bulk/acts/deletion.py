"""Delete customers: what they answered and were sent stays, under the names that they had."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from afterword.long_work.models import Work
from afterword.profiles.actions.deletion import remove
from afterword.profiles.bulk.act import Act, ActForm, Outcome


class NumberForm(ActForm):
    number = forms.CharField(
        max_length=20,
        label="How many customers are to be deleted?",
        help_text="Type the number that stands above.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "inputmode": "numeric", "class": "half"}
        ),
    )

    def clean_number(self) -> str:
        typed = str(self.cleaned_data["number"])
        if "".join(filter(str.isalnum, typed)) != str(self.count):
            raise ValidationError(f"Nothing is deleted. To delete them, type {self.count}.")
        return typed


def _delete(work: Work, ids: Sequence[UUID], now: datetime) -> Outcome:
    return Outcome(remove(work, ids, work.by_id, now))


DELETE = Act(
    "delete",
    "Delete",
    "icons/trash.svg",
    NumberForm,
    "Profiles, tags and properties are deleted, and surveys that wait are cancelled. Answers and "
    "surveys are kept under the names that they have now, and go on counting.",
    lambda _said: "Delete customers",
    "Deleted",
    _delete,
    undone="It cannot be undone.",
)
