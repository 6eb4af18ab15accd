"""Shows decisions on pages of earlier stages, which do not know this one."""

from datetime import tzinfo
from typing import Protocol

from django import template
from django.utils import timezone

from afterword.decisions.explain import Detail, explain
from afterword.decisions.reasons import Reason

register = template.Library()


class Reasoned(Protocol):
    """A decision, or a survey that was not sent after all."""

    reason: str
    detail: Detail


@register.filter
def explained(reasoned: Reasoned) -> str:
    """Say why in a sentence, with instants in the page's time zone."""
    zone: tzinfo = timezone.get_current_timezone()
    return explain(Reason(reasoned.reason), reasoned.detail, zone)


@register.simple_tag
def reasons() -> list[Reason]:
    """Every reason, for a choice."""
    return list(Reason)
