"""The properties that a workspace has defined; renaming and deleting one with its values."""

from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Func, JSONField, TextField, Value

from afterword.customers.audiences import asking_for, rewrite
from afterword.customers.models import Customer, Property
from afterword.customers.values import PropertyType
from afterword.long_work.models import Work
from afterword.workspaces.models import WorkspaceRows

CONVERTING = "customers.convert"  # the kind of work that changes a type; see `converting/`


class CannotBeChanged(Exception):
    """The property is not as it was, or is being converted; the text is safe to show."""


def is_being_converted(prop: Property) -> bool:
    works = Work.objects.filter(workspace_id=prop.workspace_id, kind=CONVERTING, ended_at=None)
    return works.filter(parameters__property=prop.id).exists()


def _hold(prop: Property) -> None:
    """Keep it as it is until the transaction ends; raises CannotBeChanged."""
    held = Property.objects.select_for_update().filter(id=prop.id).first()
    if held is None:
        raise CannotBeChanged("Somebody deleted it meanwhile.")
    if held.name != prop.name:
        raise CannotBeChanged(f"Somebody renamed it to {held.name} meanwhile.")
    if is_being_converted(prop):
        raise CannotBeChanged("Its values are being converted: wait until that has ended.")


def property_types(workspace_id: UUID) -> dict[str, PropertyType]:
    """Return the types of a workspace's properties, by name; one query."""
    rows = Property.objects.filter(workspace_id=workspace_id).values_list("name", "type")
    return {name: PropertyType(kind) for name, kind in rows}


def held_types(workspace_id: UUID) -> dict[str, PropertyType]:
    """Return the same to whoever writes values by them: none changes until the transaction ends.

    To be asked before customers are locked, as whoever renames a property takes it before them.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HELD_TYPES, [workspace_id])
        return {name: PropertyType(kind) for name, kind in cursor}


# Those who write do not wait for each other; who changes a property holds it FOR UPDATE.
_HELD_TYPES = """
    SELECT name, type FROM customers_property WHERE workspace_id = %s ORDER BY id FOR KEY SHARE
"""


def holders(prop: Property) -> WorkspaceRows[Customer]:
    """Customers that hold a value of the property."""
    return Customer.objects.filter(workspace_id=prop.workspace_id, properties__has_key=prop.name)


def audiences_with(prop: Property) -> list[str]:
    """Return the names of the campaigns whose audience asks for the property."""
    spellings = {prop.name, f"properties.{prop.name}"}
    return asking_for(prop.workspace, lambda each: each.get("field") in spellings)


@transaction.atomic
def rename(prop: Property, name: str) -> int:
    """Rename the property with customers' values and in audiences; return how many have one.

    What was kept of a customer with an earlier survey or answer stays as it was. Raises
    CannotBeChanged.
    """
    _hold(prop)
    with connection.cursor() as cursor:
        cursor.execute(_RENAME, {"of": prop.workspace_id, "old": prop.name, "new": name})
        held = int(cursor.rowcount)
    new = {prop.name: name, f"properties.{prop.name}": f"properties.{name}"}
    rewrite(
        prop.workspace,
        lambda each: {**each, "field": new.get(each.get("field", ""), each.get("field"))},
    )
    prop.name = name
    prop.save(update_fields=["name"])
    return held


_RENAME = """
    UPDATE customers_customer
    SET properties = (properties - %(old)s)
            || jsonb_build_object(%(new)s::text, properties -> %(old)s),
        changed_at = (changed_at - %(old)s) || CASE WHEN changed_at ? %(old)s
            THEN jsonb_build_object(%(new)s::text, changed_at -> %(old)s) ELSE '{}' END
    WHERE workspace_id = %(of)s AND properties ? %(old)s
"""


@transaction.atomic
def delete(prop: Property) -> int:
    """Delete the property; return how many customers lost a value.

    Values go too: a property made later under the same name must not bring old ones back. Raises
    CannotBeChanged.
    """
    _hold(prop)
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
