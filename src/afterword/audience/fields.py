"""The fields that an audience may filter on, and their spellings. Pure."""

import re
from collections.abc import Mapping
from types import MappingProxyType

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


def _camel_case(name: str) -> str:
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)


_SPELLINGS = {
    **{name: name for name in BUILT_IN_FIELDS},
    **{_camel_case(name): name for name in BUILT_IN_FIELDS},
    "company": "company_name",
    "createdDate": "created_at",
    "created_date": "created_at",
    "lastSurveyDate": "last_surveyed_at",
    "last_survey_date": "last_surveyed_at",
}
_PREFIX = "properties."


def field_key(property_name: str) -> str:
    """Return the key of a property among a customer's fields: its name, unless a field has it."""
    taken = property_name in _SPELLINGS or property_name.startswith(_PREFIX)
    return _PREFIX + property_name if taken else property_name


def find_field(name: object, types: Mapping[str, PropertyType]) -> tuple[str, PropertyType] | None:
    """Return the key and the type of the field or property that `name` means, if there is one."""
    if not isinstance(name, str):
        return None
    name = name.strip()
    if built_in := _SPELLINGS.get(name):
        return built_in, BUILT_IN_FIELDS[built_in]
    name = name.removeprefix(_PREFIX)
    return (field_key(name), PropertyType(types[name])) if name in types else None
