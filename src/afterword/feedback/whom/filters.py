"""The filters of answers by what is known of their customers, as an address carries them.

They are an audience's, over what a snapshot keeps: the same words mean the same as in a campaign.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from afterword.audience.definition import MOST_FILTERS, check, compile_audience
from afterword.audience.fields import BUILT_IN_FIELDS, field_key
from afterword.audience.match import Audience
from afterword.audience.operators import OPERATORS_BY_TYPE
from afterword.campaigns.editor.audience_form import LABELS, Choice
from afterword.campaigns.editor.audience_rows import (
    Row,
    RowGroup,
    Rows,
    rows_given,
    rows_stored,
)
from afterword.customers.models import Property
from afterword.customers.values import PropertyType
from afterword.workspaces.models import Member

# The own fields that a snapshot keeps and people filter by.
FIELDS = ("tags", "company_name", "job_title", "city", "state", "country")
_ASKED = frozenset({"match", "field", "operator", "value", "group", "as"})


def is_of_whom(name: str) -> bool:
    """Whether a name in a query is a part of these filters."""
    return name in _ASKED or name.startswith("match_")


class AsOf(StrEnum):
    """Which facts of a customer count: those at the moment of the answer, or today's."""

    THEN = "then"
    NOW = "now"


@dataclass
class Whom:
    """What was asked for. Where a filter is wrong, its row says why and nothing is found."""

    given: QueryDict
    types: dict[str, PropertyType]

    @classmethod
    def asked(cls, member: Member, given: QueryDict) -> "Whom":
        defined = Property.objects.filter(workspace_id=member.workspace_id).order_by("name")
        types = {name: PropertyType(kind) for name, kind in defined.values_list("name", "type")}
        return cls(given, types)

    @classmethod
    def stored(cls, definition: object, types: dict[str, PropertyType]) -> "Whom":
        """The filters of an audience that is kept, as if somebody had just filled them in."""
        audience, given = compile_audience(definition, types), QueryDict(mutable=True)
        kinds = cls(given, types).kinds
        for name, value in _pairs(rows_stored(audience, kinds), audience.match):
            given.appendlist(name, value)
        return cls(given, types)

    def __bool__(self) -> bool:
        return any(True for _ in self.rows)

    @property
    def as_of(self) -> AsOf:
        return AsOf.NOW if self.given.get("as") == AsOf.NOW else AsOf.THEN

    @property
    def chosen_match(self) -> str:
        return "any" if self.given.get("match") == "any" else "all"

    @cached_property
    def kinds(self) -> dict[str, str]:
        own = {name: str(BUILT_IN_FIELDS[name]) for name in FIELDS}
        return {**{field_key(name): str(kind) for name, kind in self.types.items()}, **own}

    @cached_property
    def rows(self) -> Rows:
        rows = rows_given(self.given, self.kinds)
        for row in rows:
            row.problem = row.problem or self._problem(row)
        return rows

    @property
    def audience(self) -> Audience | None:
        """None while a filter is wrong."""
        if any(row.problem for row in self.rows) or check(self._definition, self.types):
            return None
        return compile_audience(self._definition, self.types)

    @property
    def definition(self) -> dict[str, Any] | None:
        """What is asked for as it is kept, empty for nothing; None while a filter is wrong."""
        audience = self.audience
        if audience is None:
            return None
        return audience.definition if audience.filters else {}

    @property
    def _definition(self) -> dict[str, object]:
        return {"match": self.chosen_match, "filters": self.rows.definitions}

    @property
    def has_too_many(self) -> bool:
        return sum(1 for _ in self.rows) > MOST_FILTERS

    def _problem(self, row: Row) -> str:
        if row.field not in self.kinds:
            return "Answers cannot be filtered by this."
        found = check({"filters": [row.definition]}, self.types)
        named = f"{row.field} {row.operator}: "
        return " ".join(each.removeprefix("Filter 1: ").removeprefix(named) for each in found)

    # ---- for pages

    @property
    def fields_to_choose(self) -> Mapping[str, list[Choice]]:
        own = [Choice(name, LABELS[name], self.kinds[name]) for name in FIELDS]
        keys = {name: field_key(name) for name in self.types}
        defined = [Choice(key, name, self.kinds[key]) for name, key in keys.items()]
        found = {"Customer": own, "Properties": defined}
        return {name: choices for name, choices in found.items() if choices}

    @property
    def operators(self) -> dict[str, Any]:
        return {str(kind): operators for kind, operators in OPERATORS_BY_TYPE.items()}

    @property
    def single_rows(self) -> list[Row]:
        """The filters in no group, then an empty row, to fill in without JavaScript."""
        return [*self.rows.single, Row()]

    @property
    def groups(self) -> list[RowGroup]:
        shown = [RowGroup(one.number, one.match, [*one.rows, Row()]) for one in self.rows.groups]
        return [*shown, RowGroup(len(shown) + 1, rows=[Row(), Row()])]

    @property
    def empty_row(self) -> Row:
        return Row()

    @property
    def in_words(self) -> str:
        """What is asked for, in a line."""
        single = [self._worded(row) for row in self.rows.single]
        grouped = [
            f"({_joined([self._worded(row) for row in group.rows], group.match)})"
            for group in self.rows.groups
        ]
        return _joined([*single, *grouped], self.chosen_match)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The same for an address or for hidden inputs, in an order from which it is read back."""
        if not self:
            return []
        return [("as", str(self.as_of)), *_pairs(self.rows, self.chosen_match)]

    @property
    def tidy_query(self) -> str | None:
        """The page's query without what an empty row of a form leaves in it; None if it has none.

        So an address that is sent to a colleague says no more than it has to.
        """
        if all(field.strip() for field in self.given.getlist("field")) and (
            self or not any(name in self.given for name in _ASKED)
        ):
            return None
        kept = [
            (name, value)
            for name, values in self.given.lists()
            for value in values
            if not is_of_whom(name) and value
        ]
        return urlencode([*kept, *self.pairs])

    def _worded(self, row: Row) -> str:
        operators = OPERATORS_BY_TYPE.get(PropertyType(row.kind), ()) if row.kind else ()
        operator = next((one.label for one in operators if one.word == row.operator), row.operator)
        label = LABELS.get(row.field, row.field.removeprefix("properties."))
        return f"{label} {operator} {row.value}".strip()


def _joined(parts: list[str], match: str) -> str:
    return f" {'and' if match == 'all' else 'or'} ".join(parts)


def _pairs(rows: Rows, match: str) -> list[tuple[str, str]]:
    found = [("match", match)]
    for row in rows.single:
        found += _written(row, "")
    for group in rows.groups:
        found.append((f"match_{group.number}", group.match))
        for row in group.rows:
            found += _written(row, str(group.number))
    return found


def _written(row: Row, group: str) -> list[tuple[str, str]]:
    said = {"group": group, "field": row.field, "operator": row.operator, "value": row.value}
    return list(said.items())
