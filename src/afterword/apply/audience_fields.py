"""Read an audience from a workspace's file."""

from typing import Any

from afterword.apply.fields import Fields
from afterword.apply.things import FilterSpec, GroupSpec
from afterword.audience.definition import MOST_FILTERS
from afterword.audience.fields import event_property
from afterword.customers.values import PropertyType

_MATCHES = ("all", "any")


def read_audience(of: Fields) -> GroupSpec:
    """Read the `audience` of a campaign or of a rule."""
    audience = of.child("audience")
    if audience is None:
        return GroupSpec(None)
    found = GroupSpec(
        audience,
        audience.choice("match", _MATCHES, "all"),
        [_member(each) for each in audience.children("filters", most=MOST_FILTERS)],
    )
    if sum(1 for _ in found.each_filter()) > MOST_FILTERS:
        audience.refuse("filters", f"These are more than {MOST_FILTERS}, those in groups included.")
    audience.finish()
    return found


def _member(fields: Fields) -> FilterSpec | GroupSpec:
    return _group(fields) if fields.has("filters") else _filter(fields)


def _group(fields: Fields) -> GroupSpec:
    found = GroupSpec(
        fields,
        fields.choice("match", _MATCHES, "all"),
        [_inner(each) for each in fields.children("filters", most=MOST_FILTERS)],
    )
    if not found.filters:
        fields.refuse("filters", "A group needs a filter.")
    fields.finish()
    return found


def _inner(fields: Fields) -> FilterSpec:
    if fields.has("filters"):
        fields.refuse("filters", "A group holds filters alone, no other group.")
    return _filter(fields)


def _filter(fields: Fields) -> FilterSpec:
    definition: dict[str, Any] = {
        "field": fields.text("field", 200),
        "operator": fields.text("operator", 100),
        "value": fields.value("value"),
    }
    if event_property(definition["field"]) and fields.has("type"):
        definition["type"] = fields.choice("type", PropertyType) or None
    fields.finish()
    return FilterSpec(fields, definition)
