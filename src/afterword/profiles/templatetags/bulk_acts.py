"""The bulk bar of the list of customers."""

from django import template

from afterword.profiles.bulk.act import Act
from afterword.profiles.bulk.work import ACTS

register = template.Library()


@register.simple_tag
def bulk_acts() -> list[Act]:
    """What may be done for many, in the order of the menu."""
    return list(ACTS.values())
