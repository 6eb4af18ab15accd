"""Where the pages of rules are, in a campaign's editor or in the workspace's own section."""

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from afterword.customers.values import PropertyType
from afterword.feedback.whom.filters import Whom
from afterword.followups.models import DIGEST, TEST, Delivery, State
from afterword.followups.rule_form import event_labels
from afterword.followups.rules import Rule
from afterword.happenings.models import HappeningKind
from afterword.sending.models import State as MailState

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


@register.simple_tag
def rule_log(delivery: Delivery) -> str:
    """Return where the deliveries of its rule are."""
    rule, name = delivery.rule, f"{delivery.rule_name}s"
    if rule.campaign_id:
        return reverse(f"followups:{name}_log", args=[rule.campaign_id, rule.id])
    return reverse(f"followups:workspace_{name}_log", args=[rule.id])


@register.filter
def delivery_kind(delivery: Delivery) -> str:
    """Say what a delivery tells of."""
    own = {TEST: "Test", DIGEST: "Digest"}
    return own.get(delivery.kind) or dict(HappeningKind.choices).get(delivery.kind, delivery.kind)


@register.filter
def may_go_again(delivery: Delivery) -> bool:
    """Whether it has been settled and can be delivered once more."""
    if delivery.kind == TEST:
        return False
    if delivery.lane:
        return delivery.state not in {State.WAITING, State.SENDING}
    return any(mail.state == MailState.PARKED for mail, _ in delivery.told)
