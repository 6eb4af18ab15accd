"""Numbers that are known but roughly."""

from django import template

register = template.Library()


@register.filter
def rounded(number: float, is_about: bool = True) -> str:
    """Return it whole; roughly, with two digits that count, for more would promise too much."""
    return f"{int(float(f'{number:.2g}')):,}" if is_about else f"{round(number):,}"
