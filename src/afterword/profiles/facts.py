"""The properties of a customer, as their page shows them and lets them be changed."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from afterword.customers.models import Customer, Property
from afterword.customers.values import PropertyType, written

LONG = 300  # characters


@dataclass(frozen=True, slots=True)
class Fact:
    """A property of the workspace and its value for this customer."""

    id: int
    name: str
    type: str
    value: object  # None where the property is unassigned
    written: str  # as a person would type it
    description: str = ""

    @property
    def is_long(self) -> bool:
        """Whether it is shown in full only on request."""
        return len(str(self.value)) > LONG


def facts_of(customer: Customer) -> list[Fact]:
    """Return every property of the workspace with this customer's value, by name."""
    properties = Property.objects.filter(workspace_id=customer.workspace_id).order_by("name")
    return [_fact(one, customer.properties.get(one.name)) for one in properties]


def _fact(one: Property, value: Any) -> Fact:
    return Fact(one.id, one.name, one.type, shown_value(value, one.type), _written(value, one.type))


def shown_value(value: object, type_: str) -> object:
    """Return a stored value as a page shows it."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if type_ == PropertyType.DATE and isinstance(value, str):
        return _date(datetime.fromisoformat(value))
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _written(value: Any, type_: str) -> str:
    text = written(value)
    return text.removesuffix("T00:00:00Z") if type_ == PropertyType.DATE else text


def _date(at: datetime) -> str:
    """Show a day alone as that day: it is kept as midnight in UTC."""
    if at.time() == time.min:
        return f"{at.day} {at:%b %Y}"
    return f"{at.day} {at:%b %Y, %H:%M} UTC"
