"""Shows answers on pages."""

from django import template

from afterword.feedback.further_said import further_said

register = template.Library()
register.filter("further_said", further_said)
