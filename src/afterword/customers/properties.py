"""The properties that a workspace has defined; and deleting one, with what customers hold of it."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Func, JSONField, TextField, Value

from afterword.customers.models import Customer, Property
from afterword.customers.values import PropertyType
from afterword.workspaces.models import WorkspaceRows


def property_types(workspace_id: UUID) -> dict[str, PropertyType]:
    """Return the types of a workspace's properties, by name; one query."""
    rows = Property.objects.filter(workspace_id=workspace_id).values_list("name", "type")
    return {name: PropertyType(kind) for name, kind in rows}


def holders(prop: Property) -> WorkspaceRows[Customer]:
    """Customers that hold a value of the property."""
    return Customer.objects.filter(workspace_id=prop.workspace_id, properties__has_key=prop.name)


def audiences_with(prop: Property) -> list[str]:
    """Return the names of the campaigns whose audience asks for the property."""
    spellings = {prop.name, f"properties.{prop.name}"}
    return [
        campaign.name
        for campaign in prop.workspace.campaigns.order_by("name")
        if any(each.get("field") in spellings for each in _filters(campaign.audience))
    ]


def _filters(audience: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The filters of an audience as it is stored, those in groups among them."""
    for each in audience.get("filters", []):
        if "filters" in each:
            yield from _filters(each)
        else:
            yield each


@transaction.atomic
def delete(prop: Property) -> int:
    """Delete the property; return how many customers lost a value.

    Values go too: a property made later under the same name must not bring old ones back.
    """
    lost = holders(prop).update(
        properties=_without("properties", prop.name), changed_at=_without("changed_at", prop.name)
    )
    prop.delete()
    return lost


def _without(column: str, key: str) -> Func:
    return Func(
        F(column),
        Value(key, output_field=TextField()),
        template="%(expressions)s",
        arg_joiner=" - ",
        output_field=JSONField(),
    )
