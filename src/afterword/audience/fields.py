"""The fields that an audience may filter on, and their spellings. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from afterword.audience.later_fields import camel_case, later_fields, spelled_later
from afterword.customers.values import PropertyType

BUILT_IN_FIELDS: Mapping[str, PropertyType] = MappingProxyType(
    {
        "email": PropertyType.TEXT,
        "first_name": PropertyType.TEXT,
        "last_name": PropertyType.TEXT,
        "company_name": PropertyType.TEXT,
        "job_title": PropertyType.TEXT,
        "phone": PropertyType.TEXT,
        "city": PropertyType.TEXT,
        "state": PropertyType.TEXT,
        "country": PropertyType.TEXT,
        "source": PropertyType.TEXT,
        "tags": PropertyType.COLLECTION,
        "created_at": PropertyType.DATE,
        "last_surveyed_at": PropertyType.DATE,
    }
)
_SPELLINGS = {
    **{name: name for name in BUILT_IN_FIELDS},
    **{camel_case(name): name for name in BUILT_IN_FIELDS},
    "company": "company_name",
    "createdDate": "created_at",
    "created_date": "created_at",
    "lastSurveyDate": "last_surveyed_at",
    "last_survey_date": "last_surveyed_at",
}
_PREFIX = "properties."
_OF_THE_EVENT = "event."
_LONGEST_NAME = 100


def built_in_fields() -> dict[str, PropertyType]:
    """Every field that needs no definition, those of later stages included."""
    return {**BUILT_IN_FIELDS, **{name: each.kind for name, each in later_fields().items()}}


def field_key(property_name: str) -> str:
    """Return the key of a property among a customer's fields: its name, unless a field has it."""
    return _PREFIX + property_name if _is_taken(property_name) else property_name


def property_of(key: str) -> str:
    """Return the name of the property that has this key."""
    return key.removeprefix(_PREFIX)


def event_property(name: object) -> str | None:
    """Return which of the triggering event's own properties `event.NAME` means, if any."""
    if not isinstance(name, str) or not name.strip().startswith(_OF_THE_EVENT):
        return None
    found = name.strip().removeprefix(_OF_THE_EVENT)
    return found if 0 < len(found) <= _LONGEST_NAME else None


def event_key(property_name: str) -> str:
    return _OF_THE_EVENT + property_name


def find_field(name: object, types: Mapping[str, PropertyType]) -> tuple[str, PropertyType] | None:
    """Return the key and the type of the field or property that `name` means, if there is one.

    A property that is called as a field is in another spelling is the one meant.
    """
    if not isinstance(name, str):
        return None
    name = name.strip()
    built_in = built_in_fields()
    if name not in built_in:
        defined = name.removeprefix(_PREFIX)
        if defined in types:
            return field_key(defined), PropertyType(types[defined])
        name = _SPELLINGS.get(name) or spelled_later(name) or name
    return (name, built_in[name]) if name in built_in else None


def _is_taken(name: str) -> bool:
    if name in _SPELLINGS or spelled_later(name):
        return True
    return name.startswith((_PREFIX, _OF_THE_EVENT))
