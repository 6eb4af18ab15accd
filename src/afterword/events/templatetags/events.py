"""Shows what events carry."""

import json

from django import template

register = template.Library()


@register.filter
def as_sent(value: object) -> str:
    """Write a property as JSON does, but a text without its quotes."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
