"""Fields of customers that only a later stage knows, such as the last score. Pure.

`joining.py` registers what the stages bring.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from afterword.customers.values import PropertyType


@dataclass(frozen=True, slots=True)
class LaterField:
    """How a field is read for an event's customers, and within a search for customers.

    Both see the same: an unknown value is absent from `read` and NULL in `sql`, an expression
    over a row of `customers_customer` of type text, numeric, timestamptz, text[] or boolean, by
    `kind`.
    """

    name: str
    label: str  # as a form shows it
    kind: PropertyType
    read: Callable[[Collection[UUID]], Mapping[UUID, object]]  # one query, whatever the number
    sql: str


_fields: dict[str, LaterField] = {}
_spellings: dict[str, str] = {}


def register(field: LaterField) -> None:
    _fields[field.name] = field
    _spellings.update({field.name: field.name, camel_case(field.name): field.name})


def later_fields() -> Mapping[str, LaterField]:
    return _fields


def spelled_later(name: str) -> str | None:
    """Return the own name of the field that is spelled so, if there is one."""
    return _spellings.get(name)


def camel_case(name: str) -> str:
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)


def read_later(
    names: Collection[str], customers: Collection[UUID]
) -> dict[UUID, dict[str, object]]:
    """Return what these fields hold, by customer; one query for each field."""
    found: dict[UUID, dict[str, object]] = {}
    for name in names:
        for customer, value in _fields[name].read(customers).items():
            found.setdefault(customer, {})[name] = value
    return found
