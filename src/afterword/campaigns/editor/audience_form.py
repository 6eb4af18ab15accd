"""The form of a campaign's audience: rows of field, operator and value, some of them in groups."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.safestring import SafeString

from afterword.audience.definition import MOST_FILTERS, check, compile_audience
from afterword.audience.fields import built_in_fields, event_property, field_key
from afterword.audience.later_fields import later_fields
from afterword.audience.match import Audience
from afterword.audience.operators import OPERATORS_BY_TYPE
from afterword.campaigns.editor.audience_rows import (
    Row,
    RowGroup,
    Rows,
    kinds_of,
    rows_given,
    rows_stored,
)
from afterword.campaigns.models import Campaign
from afterword.customers.values import PropertyType
from afterword.web.conflicts import SAVE_AGAIN, as_seen, seen_in, seen_input

EMPTY_ROWS = 3
EMPTY_ROWS_IN_GROUP = 2
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


@dataclass(frozen=True, slots=True)
class Choice:
    key: str
    label: str
    kind: str


class AudienceForm(forms.Form):
    """Its rows are what is stored, or what was sent."""

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
        self.stored = compile_audience(campaign.audience, types)
        self.kinds = kinds_of(types, self.stored)
        self.rows = self._stored() if given is None else rows_given(given, self.kinds)

    @property
    def fields_to_choose(self) -> dict[str, list[Choice]]:
        """The fields by group; a stored field that no longer exists stays in a group of its own."""
        labels = LABELS | {name: each.label for name, each in later_fields().items()}
        own = [Choice(key, labels[key], self.kinds[key]) for key in built_in_fields()]
        defined = [Choice(field_key(name), name, str(kind)) for name, kind in self.types.items()]
        of_event = {key: event_property(key) for key in self.kinds}
        sent = [Choice(key, name, self.kinds[key]) for key, name in of_event.items() if name]
        groups = {"Customer": own, "Properties": defined, "Event": sent}
        lost = dict.fromkeys(row.field for row in self.rows if row.field not in self.kinds)
        groups["No longer defined"] = [Choice(key, key, "") for key in lost]
        return {name: choices for name, choices in groups.items() if choices}

    @property
    def operators(self) -> dict[str, Any]:
        return {str(kind): operators for kind, operators in OPERATORS_BY_TYPE.items()}

    @property
    def single_rows(self) -> list[Row]:
        """The filters that are in no group, then empty rows to fill in without JavaScript."""
        return [*self.rows.single, *(Row() for _ in range(EMPTY_ROWS))][:MOST_FILTERS]

    @property
    def groups(self) -> list[RowGroup]:
        """The groups, each with an empty row, and an empty group, to fill in without JavaScript."""
        shown = [
            RowGroup(group.number, group.match, [*group.rows, Row()]) for group in self.rows.groups
        ]
        number = max((group.number for group in shown), default=0) + 1
        empty = RowGroup(number, rows=[Row() for _ in range(EMPTY_ROWS_IN_GROUP)])
        return [*shown, empty]

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

    @property
    def definition(self) -> dict[str, Any]:
        """The audience as the rows put it."""
        return {"match": self.chosen_match, "filters": self.rows.definitions}

    @property
    def audience(self) -> Audience | None:
        """The audience that the rows make; None while a filter is wrong, or not complete."""
        is_fine = not check(self.definition, self.types)
        return compile_audience(self.definition, self.types) if is_fine else None

    def clean(self) -> dict[str, Any]:
        if sum(1 for _ in self.rows) > MOST_FILTERS:
            raise forms.ValidationError(f"An audience has at most {MOST_FILTERS} filters.")
        self._notice_others()
        for row in self.rows:
            row.problem = row.problem or self._problem(row)
        if any(row.problem for row in self.rows):
            raise forms.ValidationError("The audience is not saved: mend the filters below.")
        return self.cleaned_data

    def save(self) -> None:
        self.campaign.audience = compile_audience(self.definition, self.types).definition
        self.campaign.save(update_fields=["audience", "updated_at"])

    def _notice_others(self) -> None:
        seen, stored = seen_in(self.data), as_seen(self.campaign.audience)
        if seen is None or seen == stored:
            return
        theirs = self._stored().in_words
        words = f"{stored.get('match', 'all')} of: {theirs}" if theirs else "no filter"
        raise forms.ValidationError(
            f"Somebody saved the audience meanwhile. It is now {words}. {SAVE_AGAIN}"
        )

    def _stored(self) -> Rows:
        return rows_stored(self.stored, self.kinds)

    def _problem(self, row: Row) -> str:
        found = check({"filters": [row.definition]}, self.types)
        named = f"{row.field} {row.operator}: "  # which the row itself says, in better words
        return " ".join(each.removeprefix("Filter 1: ").removeprefix(named) for each in found)
