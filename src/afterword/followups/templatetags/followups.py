"""Where the pages of rules are, in a campaign's editor or in the workspace's own section."""

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from afterword.customers.values import PropertyType
from afterword.feedback.whom.filters import Whom
from afterword.followups.rule_form import event_labels
from afterword.followups.rules import Rule

register = template.Library()


@register.simple_tag(takes_context=True)
def followup_url(context: Context, page: str = "", rule: Rule | None = None) -> str:
    """Return the address of a page of the section at hand, about a rule if one is given."""
    name = context["base"] + (f"_{page}" if page else "")
    ids: list[Any] = list(context["ids"])
    return reverse(name, args=[*ids, rule.id] if rule else ids)


@register.simple_tag
def whose_words(rule: Rule, types: dict[str, PropertyType]) -> str:
    """Say of whom a rule follows it; empty for everybody."""
    return Whom.stored(rule.audience, types).in_words if rule.audience else ""


@register.filter
def event_words(rule: Rule) -> str:
    """Say what a rule follows."""
    return " · ".join(_word(rule, event) for event in rule.events)


def _word(rule: Rule, event: str) -> str:
    if event == "score_range":
        low = "…" if rule.score_min is None else rule.score_min
        high = "…" if rule.score_max is None else rule.score_max
        return f"Scores {low} to {high}"
    return event_labels(rule.campaign).get(event, event)
