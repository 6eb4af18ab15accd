"""The form that defines a property."""

import re
from typing import ClassVar

from django import forms
from django.core.exceptions import ValidationError

from afterword.customers.models import Property
from afterword.customers.own_fields import OWN_FIELDS
from afterword.customers.values import PropertyType
from afterword.workspaces.models import Workspace

_TAKEN = {*OWN_FIELDS, "email", "tags"}
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
TYPES = [
    (PropertyType.TEXT.value, "Text: words as they come"),
    (PropertyType.NUMBER.value, "Number: with decimals or without"),
    (PropertyType.DATE.value, "Date: MM/DD/YYYY, ISO 8601 or RFC 2822"),
    (PropertyType.COLLECTION.value, "Collection: a list, or words between commas"),
]


class PropertyForm(forms.ModelForm):  # type: ignore[type-arg]
    type = forms.ChoiceField(choices=TYPES)

    class Meta:
        model = Property
        fields = ("name", "type")
        help_texts: ClassVar = {
            "name": "Exactly as your application sends it, such as subscription_name or "
            "createdDate. No spaces; small and capital letters differ.",
        }
        widgets: ClassVar = {
            "name": forms.TextInput(
                attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
            )
        }

    def __init__(self, workspace: Workspace, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.workspace = workspace

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if re.search(r"\s", name):
            raise ValidationError(
                "A property's name has no spaces: write it as your application sends it, "
                "such as signup_date."
            )
        if _CONTROLS.search(name):
            raise ValidationError("The name holds a character that cannot be seen.")
        if name in _TAKEN:
            raise ValidationError(
                f"{name} fills the customer's own field already; no property is needed for it."
            )
        if self.workspace.properties.filter(name=name).exists():
            raise ValidationError(f"There is a property called {name} already.")
        return name
