"""Names of customers' fields, as pages say them."""

from django import template

register = template.Library()
_NAMES = {
    "email": "E-mail address",
    "company_name": "Company",
    "last_surveyed_at": "Last survey",
    "tags": "Tags",
    "first_name": "First name",
    "last_name": "Last name",
    "job_title": "Job title",
    "phone": "Phone",
    "city": "City",
    "state": "State",
    "country": "Country",
}


@register.filter
def field_name(name: str) -> str:
    """Return what a column is called; a property has its own name."""
    return _NAMES.get(name, name)
