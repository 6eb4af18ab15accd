"""The rows of the audience's form: a filter each, some of them in groups."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from django import forms
from django.http import QueryDict

from afterword.audience.fields import built_in_fields, event_property, field_key
from afterword.audience.match import Audience, Filter
from afterword.audience.operators import OPERATORS_BY_TYPE
from afterword.customers.values import PropertyType

_COLUMNS = ("field", "operator", "value", "group")
_BETWEEN = re.compile(r",|;|\band\b|\bto\b")
_VALUE = forms.CharField(required=False, max_length=1000)
_NUMBER = re.compile(r"[1-9]\d{0,2}", re.ASCII)
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

    @property
    def definition(self) -> dict[str, object]:
        operator = _OPERATORS.get((self.kind, self.operator))
        value: object = self.value
        if operator and operator.takes == "pair":
            value = [end.strip() for end in _BETWEEN.split(self.value)]
        found = {"field": self.field, "operator": self.operator, "value": value}
        return found | {"type": self.kind} if event_property(self.field) and self.kind else found

    @property
    def in_words(self) -> str:
        return f"{self.field} {self.operator} {self.value}".strip()


@dataclass(slots=True)
class RowGroup:
    """Its number tells its rows in what is sent; the page shows groups after single filters."""

    number: int
    match: str = "any"
    rows: list[Row] = field(default_factory=list)

    @property
    def definition(self) -> dict[str, object]:
        return {"match": self.match, "filters": [row.definition for row in self.rows]}

    @property
    def in_words(self) -> str:
        return f"({self.match} of: {'; '.join(row.in_words for row in self.rows)})"


@dataclass(slots=True)
class Rows:
    single: list[Row] = field(default_factory=list)
    groups: list[RowGroup] = field(default_factory=list)

    def __iter__(self) -> Iterator[Row]:
        yield from self.single
        for group in self.groups:
            yield from group.rows

    @property
    def definitions(self) -> list[dict[str, object]]:
        return [each.definition for each in self._members]

    @property
    def in_words(self) -> str:
        return "; ".join(each.in_words for each in self._members)

    @property
    def _members(self) -> list[Row | RowGroup]:
        return [*self.single, *self.groups]


def kinds_of(types: Mapping[str, PropertyType], stored: Audience) -> dict[str, str]:
    """Return the type of every field that there is, and of the event's own that are stored."""
    of_event = {each.field: each.kind for each in stored.each_filter() if each.is_of_event}
    defined = {field_key(name): kind for name, kind in types.items()}
    found = {**of_event, **defined, **built_in_fields()}
    return {key: str(kind) for key, kind in found.items() if kind}


def rows_stored(audience: Audience, kinds: Mapping[str, str]) -> Rows:
    rows = Rows()
    for each in audience.filters:
        if isinstance(each, Filter):
            rows.single.append(_stored(each, kinds))
        else:
            filters = [_stored(inner, kinds) for inner in each.filters]
            rows.groups.append(RowGroup(len(rows.groups) + 1, each.match, filters))
    return rows


def _stored(each: Filter, kinds: Mapping[str, str]) -> Row:
    kind = kinds.get(each.field, "")
    return Row(each.field, each.operator, _shown(each.value), kind, each.problem or "")


def rows_given(given: QueryDict, kinds: Mapping[str, str]) -> Rows:
    """Read `field`, `operator`, `value` and `group`, each given once per row, and `match_1`, ….

    Rows without a field are left out, and so are groups without rows.
    """
    rows, groups = Rows(), dict[str, RowGroup]()
    for field_, operator, value, number in _told(given):
        row = _given(field_, operator, value, kinds)
        if _NUMBER.fullmatch(number):
            match = "all" if given.get(f"match_{number}") == "all" else "any"
            group = groups.setdefault(number, RowGroup(len(groups) + 1, match))
            group.rows.append(row)
        else:
            rows.single.append(row)
    rows.groups = list(groups.values())
    return rows


def _told(given: QueryDict) -> Iterable[Any]:
    columns = [given.getlist(name) for name in _COLUMNS]
    return (row for row in zip_longest(*columns, fillvalue="") if row[0].strip())


def _given(field_: str, operator: str, value: str, kinds: Mapping[str, str]) -> Row:
    row = Row(field_, operator, value.strip(), kinds.get(field_, ""))
    try:
        _VALUE.clean(value)
    except forms.ValidationError as error:
        row.problem = " ".join(error.messages)
    return row


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
