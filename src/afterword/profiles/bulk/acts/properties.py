"""Give a property a value, or take it away."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict

from afterword.customers import amend
from afterword.customers.models import Property
from afterword.customers.values import Problem, PropertyType, convert
from afterword.long_work.models import Work
from afterword.profiles.bulk.act import Act, ActForm, Outcome
from afterword.workspaces.models import Member


class PropertyForm(ActForm):
    name = forms.ModelChoiceField(Property.objects.none(), to_field_name="name", label="Property")
    value = forms.CharField(
        required=False,
        max_length=1_000,
        help_text="As its type wants it; without a value the property is taken away.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )

    def __init__(self, member: Member, count: int, given: QueryDict | None = None) -> None:
        super().__init__(member, count, given)
        defined = Property.objects.filter(workspace=member.workspace_id).order_by("name")
        self.fields["name"].queryset = defined  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if found := said.get("name"):
            value = convert(said.get("value", ""), PropertyType(found.type))
            if isinstance(value, Problem):
                self.add_error("value", value.message)
            said["value"] = value
        return said

    @property
    def parameters(self) -> dict[str, Any]:
        return {"property": self.cleaned_data["name"].name, "value": self.cleaned_data["value"]}


def _set(work: Work, ids: Sequence[UUID], now: datetime) -> Outcome:
    name, value = work.parameters["property"], work.parameters["value"]
    changed = amend.give_value(work.workspace_id, work.by, ids, now, name=name, said=value)
    if isinstance(changed, Problem):
        return Outcome(left_out=Counter({changed.message: len(ids)}))
    outcome = Outcome(len(changed))
    outcome.left_out["Had this value already"] = len(ids) - len(changed)
    return outcome


def _title(said: Any) -> str:
    value = said["value"]
    if value is None:
        return f"Take {said['property']} away"
    shown = ", ".join(value) if isinstance(value, list) else value
    return f"Set {said['property']} to {shown}"


SET_PROPERTY = Act(
    "set_property",
    "Set a property",
    "icons/selector.svg",
    PropertyForm,
    "The value takes the place of whatever they have. An older event does not undo it.",
    _title,
    "Changed",
    _set,
)
