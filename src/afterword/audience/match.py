"""Whom a campaign asks: filters on what is known of a customer, some of them in groups. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from datetime import datetime
from typing import Any, Literal

from afterword.audience.conditions import Condition, Wanted
from afterword.customers.values import PropertyType, describe

LONGEST_TOLD = 200
_MOST_TOLD = 20
Match = Literal["all", "any"]


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition. A filter with a problem holds for nobody, so that nobody is asked wrongly."""

    field: str  # a key of the customer: see `audience_fields`
    operator: str
    value: Wanted = None
    problem: str | None = None
    kind: PropertyType | None = None  # the field's; None where there is a problem
    is_of_event: bool = False  # looks at one of the triggering event's own properties
    _holds: Condition = dataclass_field(
        default=lambda _seen, _now: False, repr=False, compare=False
    )

    def holds(self, seen: object, now: datetime) -> bool:
        return self._holds(seen, now)

    @property
    def definition(self) -> dict[str, Any]:
        """The filter as it is stored."""
        stored: dict[str, Any] = {"field": self.field, "operator": self.operator}
        if self.is_of_event and self.kind:
            stored["type"] = str(self.kind)
        return stored if self.value is None else stored | {"value": self.value}

    def detail(self, seen: object) -> dict[str, object]:
        """Return what is to be told about this filter and the value it saw, as JSON."""
        told = {
            "field": self.field,
            "operator": self.operator,
            "value": _tell(self.value),
            "seen": _tell(seen),
        }
        return told if self.problem is None else told | {"problem": self.problem}


@dataclass(frozen=True, slots=True)
class Group:
    """Filters of which all, or any, must hold; it stands among the filters of an audience."""

    match: Match
    filters: tuple[Filter, ...]

    @property
    def definition(self) -> dict[str, Any]:
        return {"match": self.match, "filters": [each.definition for each in self.filters]}


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A filter that left a customer out and the value it saw; with `any`, all the others too.

    `group` is the place of the filter's group among the audience's filters, from 1.
    """

    filter: Filter
    seen: object
    group: int | None = None
    others: tuple["Mismatch", ...] = ()

    @property
    def detail(self) -> dict[str, object]:
        """`{field, operator, value, seen}`, in a group also `group`; `others`: a list of such."""
        told = self.filter.detail(self.seen)
        if self.group is not None:
            told["group"] = self.group
        if self.others:
            told["others"] = [other.detail for other in self.others]
        return told


@dataclass(frozen=True, slots=True)
class Audience:
    match: Match = "all"
    filters: tuple[Filter | Group, ...] = ()

    def first_mismatch(self, customer: Mapping[str, object], now: datetime) -> Mismatch | None:
        """Return why this customer is outside; None means inside, as everyone is with no filters.

        `customer` holds the built-in fields by name, each property by its `field_key`, and those
        of the triggering event by their `event_key`. A value is a text, a number, an ISO 8601 date
        or datetime, or a list. Absent, None, "" and [] are missing: a negative operator ("is not",
        "does not …", "is empty") holds for them, any other does not. Texts are compared without
        regard to case and outer spaces.
        """
        missed = _missed(self, customer, now, None)
        return replace(missed[0], others=tuple(missed[1:])) if missed else None

    def each_filter(self) -> Iterator[Filter]:
        """The filters, those in groups among them."""
        for each in self.filters:
            if isinstance(each, Group):
                yield from each.filters
            else:
                yield each

    @property
    def definition(self) -> dict[str, Any]:
        """The audience as it is stored, whatever words it was written in."""
        return {"match": self.match, "filters": [each.definition for each in self.filters]}


def _missed(
    of: Audience | Group, customer: Mapping[str, object], now: datetime, group: int | None
) -> list[Mismatch]:
    """Return why a customer is outside; with `all` the first reason is enough."""
    missed: list[Mismatch] = []
    for place, each in enumerate(of.filters, 1):
        if isinstance(each, Group):
            found = _missed(each, customer, now, place)
        else:
            seen = customer.get(each.field)
            found = [] if each.holds(seen, now) else [Mismatch(each, seen, group)]
        if found and of.match == "all":
            return found
        if not found and of.match == "any":
            return []
        missed += found
    return missed


def _tell(value: object) -> object:
    """Return a value as JSON, short enough to keep with every decision."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TOLD else value[: LONGEST_TOLD - 1] + "…"
    if isinstance(value, list):
        return [_tell(item) for item in value[:_MOST_TOLD]]
    if value is None or (isinstance(value, int | float) and abs(value) <= 1e308):
        return value
    return value.isoformat() if isinstance(value, datetime) else describe(value)
