"""What a page's query says beside the filters by customer."""

from urllib.parse import urlencode

from django import template
from django.template import Context

from afterword.campaigns.editor.asked_audience import is_of_filters

register = template.Library()


@register.simple_tag(takes_context=True)
def rest_of_query(context: Context) -> list[tuple[str, str]]:
    """Return the names and values that a form of filters has to keep; a cursor is none of them."""
    return [
        (name, value)
        for name, values in context["request"].GET.lists()
        for value in values
        if not is_of_filters(name) and name != "after" and value
    ]


@register.simple_tag(takes_context=True)
def rest_query(context: Context) -> str:
    return urlencode(rest_of_query(context))
