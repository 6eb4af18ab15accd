"""An audience that a page is asked for: its filters, as an address carries them.

The same words mean the same as in a campaign. What an event says of itself is none of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self
from urllib.parse import urlencode

from django.http import QueryDict

from afterword.audience.definition import MOST_FILTERS, check, compile_audience
from afterword.audience.fields import built_in_fields, field_key
from afterword.audience.later_fields import later_fields
from afterword.audience.match import Audience
from afterword.audience.operators import OPERATORS_BY_TYPE
from afterword.campaigns.editor.audience_form import LABELS, Choice
from afterword.campaigns.editor.audience_rows import (
    Row,
    RowGroup,
    Rows,
    kinds_of,
    rows_given,
    rows_stored,
)
from afterword.customers.models import Property
from afterword.customers.values import PropertyType
from afterword.workspaces.models import Viewer

Pairs = list[tuple[str, str]]  # names and values of a query, in an order from which it is read back
_ASKED = frozenset({"match", "field", "operator", "value", "group", "as"})


def is_of_filters(name: str) -> bool:
    """Whether a name in a query is a part of such filters."""
    return name in _ASKED or name.startswith("match_")


def pairs_of(definition: Mapping[str, Any], types: Mapping[str, PropertyType]) -> Pairs:
    """Return a stored audience as an address carries it."""
    stored = compile_audience(definition, types)
    rows = rows_stored(stored, kinds_of(types, stored))
    return _pairs(rows, stored.match) if stored.filters else []


@dataclass
class AskedAudience:
    """What was asked for. Where a filter is wrong, its row says why, and nothing is found."""

    given: QueryDict
    types: dict[str, PropertyType]

    NOT_A_FIELD: ClassVar = "Customers cannot be filtered by this: choose a field that there is."

    @classmethod
    def asked(cls, viewer: Viewer, given: QueryDict) -> Self:
        defined = Property.objects.filter(workspace_id=viewer.workspace_id).order_by("name")
        types = {name: PropertyType(kind) for name, kind in defined.values_list("name", "type")}
        return cls(given, types)

    def __bool__(self) -> bool:
        return any(True for _ in self.rows)

    @property
    def own_fields(self) -> Sequence[str]:
        """The fields that need no definition and may be asked for, in their order."""
        return list(built_in_fields())

    @property
    def chosen_match(self) -> str:
        return "any" if self.given.get("match") == "any" else "all"

    @cached_property
    def kinds(self) -> dict[str, str]:
        built_in = built_in_fields()
        own = {name: str(built_in[name]) for name in self.own_fields}
        return {**{field_key(name): str(kind) for name, kind in self.types.items()}, **own}

    @cached_property
    def rows(self) -> Rows:
        rows = rows_given(self.given, self.kinds)
        for row in rows:
            row.problem = row.problem or self._problem(row)
        return rows

    @property
    def definition(self) -> dict[str, Any]:
        return {"match": self.chosen_match, "filters": self.rows.definitions}

    @property
    def audience(self) -> Audience | None:
        """None while a filter is wrong."""
        if any(row.problem for row in self.rows) or check(self.definition, self.types):
            return None
        return compile_audience(self.definition, self.types)

    @property
    def has_too_many(self) -> bool:
        return sum(1 for _ in self.rows) > MOST_FILTERS

    def _problem(self, row: Row) -> str:
        if row.field not in self.kinds:
            return self.NOT_A_FIELD
        found = check({"filters": [row.definition]}, self.types)
        named = f"{row.field} {row.operator}: "
        return " ".join(each.removeprefix("Filter 1: ").removeprefix(named) for each in found)

    # ---- for pages

    @property
    def labels(self) -> Mapping[str, str]:
        return LABELS | {name: each.label for name, each in later_fields().items()}

    @property
    def fields_to_choose(self) -> Mapping[str, list[Choice]]:
        own = [Choice(name, self.labels[name], self.kinds[name]) for name in self.own_fields]
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
    def pairs(self) -> Pairs:
        """The same for an address or for hidden inputs."""
        return _pairs(self.rows, self.chosen_match) if self else []

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
            if not is_of_filters(name) and value
        ]
        return urlencode([*kept, *self.pairs])

    def _worded(self, row: Row) -> str:
        operators = OPERATORS_BY_TYPE.get(PropertyType(row.kind), ()) if row.kind else ()
        operator = next((one.label for one in operators if one.word == row.operator), row.operator)
        label = self.labels.get(row.field, row.field.removeprefix("properties."))
        return f"{label} {operator} {row.value}".strip()


def _joined(parts: list[str], match: str) -> str:
    return f" {'and' if match == 'all' else 'or'} ".join(parts)


def _pairs(rows: Rows, match: str) -> Pairs:
    found = [("match", match)]
    for row in rows.single:
        found += _written(row, "")
    for group in rows.groups:
        found.append((f"match_{group.number}", group.match))
        for row in group.rows:
            found += _written(row, str(group.number))
    return found


def _written(row: Row, group: str) -> Pairs:
    said = {"group": group, "field": row.field, "operator": row.operator, "value": row.value}
    return list(said.items())
