"""Numbers that are known but roughly."""

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma

register = template.Library()


@register.filter
def about(number: float, is_about: bool = True) -> str:
    """Return it in words: exactly, or with two digits that count: more would promise too much."""
    return f"about {int(float(f'{number:.2g}')):,}" if is_about else str(intcomma(round(number)))
