"""A customer's tags and properties, as several objects of the API show them."""

from collections.abc import Mapping
from typing import Any

from ninja import Schema

from afterword.customers.models import Customer, Property
from afterword.workspaces.models import Viewer

Types = Mapping[str, str]


class PropertyValue(Schema):
    label: str
    name: str
    type: str
    value: Any


def property_types(viewer: Viewer) -> Types:
    """Return the type of each property of the workspace, by name."""
    defined = Property.objects.filter(workspace_id=viewer.workspace_id).order_by("name")
    return dict(defined.values_list("name", "type"))


def properties_of(customer: Customer | None, types: Types) -> list[PropertyValue]:
    """Return what is assigned; a property has one name, so its label is the same."""
    assigned = customer.properties if customer else {}
    return [
        PropertyValue(label=name, name=name, type=kind, value=assigned[name])
        for name, kind in types.items()
        if name in assigned
    ]
