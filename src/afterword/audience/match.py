"""Whom a campaign asks: filters on what is known of a customer. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime
from typing import Literal

from afterword.audience.conditions import Condition, Wanted
from afterword.customers.values import describe

LONGEST_TOLD = 200
_MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition. A filter with a problem holds for nobody, so that nobody is asked wrongly."""

    field: str  # a key of the customer: see `audience_fields`
    operator: str
    value: Wanted = None
    problem: str | None = None
    _holds: Condition = dataclass_field(
        default=lambda _seen, _now: False, repr=False, compare=False
    )

    def holds(self, seen: object, now: datetime) -> bool:
        return self._holds(seen, now)

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
class Mismatch:
    """The filter that left a customer out and the value it saw; with `any`, all the others too."""

    filter: Filter
    seen: object
    others: tuple["Mismatch", ...] = ()

    @property
    def detail(self) -> dict[str, object]:
        """`{field, operator, value, seen}`; with `any` also `others`, a list of the same."""
        told = self.filter.detail(self.seen)
        if self.others:
            told["others"] = [other.detail for other in self.others]
        return told


@dataclass(frozen=True, slots=True)
class Audience:
    match: Literal["all", "any"] = "all"
    filters: tuple[Filter, ...] = ()

    def first_mismatch(self, customer: Mapping[str, object], now: datetime) -> Mismatch | None:
        """Return why this customer is outside; None means inside, as everyone is with no filters.

        `customer` holds the built-in fields by name and each property by its `field_key`; a value
        is a text, a number, an ISO 8601 date or datetime, or a list. Absent, None, "" and [] are
        missing: a negative operator ("is not", "does not …", "is empty") holds for them, any
        other does not. Texts are compared without regard to case and outer spaces.
        """
        missed: list[Mismatch] = []
        for each in self.filters:
            seen = customer.get(each.field)
            if each.holds(seen, now):
                if self.match == "any":
                    return None
            elif self.match == "all":
                return Mismatch(each, seen)
            else:
                missed.append(Mismatch(each, seen))
        if not missed:
            return None
        return Mismatch(missed[0].filter, missed[0].seen, tuple(missed[1:]))


def _tell(value: object) -> object:
    """Return a value as JSON, short enough to keep with every decision."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TOLD else value[: LONGEST_TOLD - 1] + "…"
    if isinstance(value, list):
        return [_tell(item) for item in value[:_MOST_TOLD]]
    if value is None or (isinstance(value, int | float) and abs(value) <= 1e308):
        return value
    return value.isoformat() if isinstance(value, datetime) else describe(value)
