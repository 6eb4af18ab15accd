"""The forms that define, rename and describe properties, and name tags."""

import re
from typing import ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from afterword.core.one_line import one_line_only
from afterword.core.text import clean_text
from afterword.customers.models import Property
from afterword.customers.own_fields import MAX_LINE, OWN_FIELDS
from afterword.customers.values import PropertyType
from afterword.workspaces.models import Workspace

_TAKEN = {*OWN_FIELDS, "email", "tags"}
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_AS_TYPED = {"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
TYPES = [
    (PropertyType.TEXT.value, "Text: words as they come"),
    (PropertyType.NUMBER.value, "Number: with decimals or without"),
    (PropertyType.DATE.value, "Date: MM/DD/YYYY, ISO 8601 or RFC 2822"),
    (PropertyType.COLLECTION.value, "Collection: a list, or words between commas"),
    (PropertyType.BOOLEAN.value, "Boolean: true or false, yes or no, 1 or 0"),
]


class _NamedForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Property
        fields = ("name", "description")
        help_texts: ClassVar = {
            "name": "Exactly as your application sends it, such as subscription_name or "
            "createdDate. No spaces; small and capital letters differ.",
            "description": "What it means, for your colleagues.",
        }
        widgets: ClassVar = {"name": forms.TextInput(attrs=_AS_TYPED)}

    def __init__(
        self,
        workspace: Workspace,
        given: QueryDict | None = None,
        instance: Property | None = None,
    ) -> None:
        super().__init__(given, instance=instance)
        self.workspace = workspace

    def clean_description(self) -> str:
        return clean_text(str(self.cleaned_data["description"]))

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
        others = self.workspace.properties.exclude(id=self.instance.id)
        if others.filter(name=name).exists():
            raise ValidationError(f"There is a property called {name} already.")
        return name


class PropertyForm(_NamedForm):
    """A new one."""

    type = forms.ChoiceField(choices=TYPES)

    class Meta(_NamedForm.Meta):
        fields = ("name", "type", "description")  # type: ignore[assignment]


class EditForm(_NamedForm):
    """Another name or description; the type has a page of its own, for values are converted."""


class TagForm(forms.Form):
    name = forms.CharField(
        max_length=MAX_LINE,
        validators=[one_line_only],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_name(self) -> str:
        name = clean_text(str(self.cleaned_data["name"])).strip()
        if "," in name:
            raise ValidationError("A tag has no comma: commas stand between tags.")
        return name
