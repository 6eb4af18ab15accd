"""Reads the customer's own fields and tags from what an event or a file says. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from afterword.core.text import one_line
from afterword.customers.values import MAX_ITEMS, PropertyType, convert, items_of

MAX_LINE = 200  # characters of an own field, or of a tag

OWN_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "firstName": "first_name",
        "first_name": "first_name",
        "lastName": "last_name",
        "last_name": "last_name",
        "companyName": "company_name",
        "company_name": "company_name",
        "company": "company_name",  # Segment also sends an object here, which is left alone
        "jobTitle": "job_title",
        "job_title": "job_title",
        "phone": "phone",
        "city": "city",
        "state": "state",
        "country": "country",
    }
)


def read_own_fields(properties: Mapping[str, object]) -> dict[str, str]:
    """Return column and text of the customer's own fields that were sent and are not empty.

    Of two spellings of one field, the first in OWN_FIELDS that says something counts.
    """
    fields: dict[str, str] = {}
    for spelling, column in OWN_FIELDS.items():
        value = properties.get(spelling)
        if value is None or column in fields:
            continue
        if isinstance(value, str):
            line = own_line(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            line = _line_of(value)
        else:
            continue
        if line:
            fields[column] = line
    return fields


def read_tags(value: object) -> list[str]:
    """Return the tags in a list, or in text between commas; what cannot be a tag is left out."""
    lines = map(_line_of, items_of(value))
    return list(dict.fromkeys(filter(None, lines)))[:MAX_ITEMS]


def _line_of(value: object) -> str:
    text = convert(value, PropertyType.TEXT)
    return own_line(text) if isinstance(text, str) else ""


def own_line(text: str) -> str:
    """Return a text as an own field holds it: clean, on one line, and not too long."""
    return one_line(text.strip())[:MAX_LINE].rstrip()
