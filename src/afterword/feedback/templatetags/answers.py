"""Shows answers on pages."""

from django import template
from django.utils import timezone

from afterword.feedback.further_said import further_said
from afterword.feedback.loop.models import Assignment

register = template.Library()
register.filter("further_said", further_said)


@register.filter
def is_overdue(assignment: Assignment) -> bool:
    return assignment.is_overdue(timezone.now())
