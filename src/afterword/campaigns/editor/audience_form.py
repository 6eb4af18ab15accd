"""The form of a campaign's audience: rows of field, operator and value."""

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.safestring import SafeString

from afterword.audience.definition import check, compile_audience
from afterword.audience.fields import BUILT_IN_FIELDS, field_key
from afterword.audience.operators import OPERATORS_BY_TYPE
from afterword.campaigns.models import Campaign
from afterword.customers.values import PropertyType
from afterword.web.conflicts import SAVE_AGAIN, as_seen, seen_in, seen_input

MOST_FILTERS = 20
EMPTY_ROWS = 3
LABELS = {
    "email": "E-mail address",
    "first_name": "First name",
    "last_name": "Last name",
    "company_name": "Company",
    "job_title": "Job title",
    "phone": "Phone",
    "city": "City",
    "state": "State",
    "country": "Country",
    "source": "Source",
    "tags": "Tags",
    "created_at": "Known since",
    "last_surveyed_at": "Last surveyed",
}
_BETWEEN = re.compile(r"\s*(?:,|;|\band\b|\bto\b)\s*")
_VALUE = forms.CharField(required=False, max_length=1000)
_OPERATORS = {
    (str(kind), operator.word): operator
    for kind, operators in OPERATORS_BY_TYPE.items()
    for operator in operators
}


@dataclass(slots=True)
class Row:
    field: str = ""
    operator: str = ""
    value: str = ""
    kind: str = ""  # the field's type, where there is such a field
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    key: str
    label: str
    kind: str


class AudienceForm(forms.Form):
    """Reads the rows from `field`, `operator` and `value`, each given once per row."""

    match = forms.ChoiceField(choices=[("all", "all"), ("any", "any")], initial="all")

    def __init__(
        self,
        campaign: Campaign,
        types: dict[str, PropertyType],
        given: QueryDict | None = None,
    ) -> None:
        super().__init__(given)
        self.campaign = campaign
        self.types = types
        self.rows = self._rows_stored() if given is None else self._rows_given(given)

    @property
    def fields_to_choose(self) -> dict[str, list[Choice]]:
        """The fields by group; a stored field that no longer exists stays in a group of its own."""
        own = [Choice(key, LABELS[key], str(kind)) for key, kind in BUILT_IN_FIELDS.items()]
        defined = [Choice(field_key(name), name, str(kind)) for name, kind in self.types.items()]
        groups = {"Customer": own, "Properties": defined}
        known = {choice.key for choice in [*own, *defined]}
        lost = dict.fromkeys(row.field for row in self.rows if row.field not in {*known, ""})
        groups["No longer defined"] = [Choice(key, key, "") for key in lost]
        return {name: choices for name, choices in groups.items() if choices}

    @property
    def operators(self) -> dict[str, Any]:
        return {str(kind): operators for kind, operators in OPERATORS_BY_TYPE.items()}

    @property
    def all_rows(self) -> list[Row]:
        """The filters, then empty rows to fill in without JavaScript."""
        return [*self.rows, *(Row() for _ in range(EMPTY_ROWS))][:MOST_FILTERS]

    @property
    def empty_row(self) -> Row:
        return Row()

    @property
    def seen_input(self) -> SafeString:
        return seen_input(self.campaign.audience)

    @property
    def chosen_match(self) -> str:
        stored = self.campaign.audience.get("match") or "all"
        return str(self.data.get("match", stored) if self.is_bound else stored)

    def clean(self) -> dict[str, Any]:
        if len(self.rows) > MOST_FILTERS:
            raise forms.ValidationError(f"An audience has at most {MOST_FILTERS} filters.")
        self._notice_others()
        for row in self.rows:
            row.problem = row.problem or self._problem(row)
        if any(row.problem for row in self.rows):
            raise forms.ValidationError("The audience is not saved: mend the filters below.")
        return self.cleaned_data

    def save(self) -> None:
        audience = compile_audience({"filters": [self._spec(row) for row in self.rows]}, self.types)
        self.campaign.audience = {
            "match": self.cleaned_data["match"],
            "filters": [
                {"field": each.field, "operator": each.operator}
                | ({} if each.value is None else {"value": each.value})
                for each in audience.filters
            ],
        }
        self.campaign.save(update_fields=["audience", "updated_at"])

    def _notice_others(self) -> None:
        seen, stored = seen_in(self.data), as_seen(self.campaign.audience)
        if seen is None or seen == stored:
            return
        theirs = [f"{row.field} {row.operator} {row.value}".strip() for row in self._rows_stored()]
        words = f"{stored.get('match', 'all')} of: {'; '.join(theirs)}" if theirs else "no filter"
        raise forms.ValidationError(
            f"Somebody saved the audience meanwhile. It is now {words}. {SAVE_AGAIN}"
        )

    def _rows_given(self, given: QueryDict) -> list[Row]:
        columns = [given.getlist(name) for name in ("field", "operator", "value")]
        return [self._row_given(*row) for row in zip(*columns, strict=False) if row[0].strip()]

    def _row_given(self, field: str, operator: str, value: str) -> Row:
        row = Row(field, operator, value.strip(), self._kind(field))
        try:
            _VALUE.clean(value)
        except forms.ValidationError as error:
            row.problem = " ".join(error.messages)
        return row

    def _rows_stored(self) -> list[Row]:
        audience = compile_audience(self.campaign.audience, self.types)
        return [
            Row(each.field, each.operator, _shown(each.value), self._kind(each.field), problem)
            for each in audience.filters
            for problem in [each.problem or ""]
        ]

    def _kind(self, field: str) -> str:
        known = {field_key(name): kind for name, kind in self.types.items()} | {**BUILT_IN_FIELDS}
        return str(known.get(field, ""))

    def _spec(self, row: Row) -> dict[str, object]:
        operator = _OPERATORS.get((row.kind, row.operator))
        value: object = row.value
        if operator and operator.takes == "pair":
            value = _BETWEEN.split(row.value)
        return {"field": row.field, "operator": row.operator, "value": value}

    def _problem(self, row: Row) -> str:
        found = check({"filters": [self._spec(row)]}, self.types)
        named = f"{row.field} {row.operator}: "  # which the row itself says, in better words
        return " ".join(each.removeprefix("Filter 1: ").removeprefix(named) for each in found)


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
