"""Whose happenings a rule follows: filters on what was known of the customer then.

They are an audience's. An answer and a survey are asked by what was kept with them, whatever else
happened to a customer by what is known today. What is about no customer is meant by every rule.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from afterword.audience.definition import compile_audience
from afterword.audience.fields import field_key
from afterword.audience.match import Audience
from afterword.customers.models import Customer, Property
from afterword.customers.record import OWN_COLUMNS
from afterword.customers.snapshot import snapshot
from afterword.customers.values import PropertyType
from afterword.feedback.models import ResponseFacts
from afterword.followups.engine.occurrence import Occurrence
from afterword.followups.rules import Rule
from afterword.surveys.models import SurveyFacts

_Facts = Mapping[str, Any]


class Whose:
    """Whom each rule means, for a batch: three queries, and none where no rule has a filter."""

    def __init__(self, rules: Iterable[Rule], happened: Sequence[Occurrence]) -> None:
        filtered = [rule for rule in rules if rule.audience]
        types = _types({rule.workspace_id for rule in filtered})
        self._audiences: dict[UUID, Audience] = {
            rule.id: compile_audience(rule.audience, types.get(rule.workspace_id, {}))
            for rule in filtered
        }
        self._kept = _kept(happened) if filtered else {}

    def means(self, rule: Rule, occurrence: Occurrence, now: datetime) -> bool:
        audience = self._audiences.get(rule.id)
        if audience is None or occurrence.brake or occurrence.move:
            return True
        return audience.first_mismatch(self._fields(occurrence), now) is None

    def _fields(self, occurrence: Occurrence) -> dict[str, object]:
        kept = self._kept.get(occurrence.about)
        if kept is not None:
            return fields_of(kept)
        return fields_of(_facts_today(occurrence.customer) if occurrence.customer else {})


def fields_of(facts: _Facts) -> dict[str, object]:
    """Return a snapshot as an audience looks at it."""
    properties = facts.get("properties", {})
    own: dict[str, object] = {name: facts[name] for name in OWN_COLUMNS if name in facts}
    return {
        **{field_key(name): value for name, value in properties.items()},
        **own,
        "company_name": facts.get("company", {}).get("name"),
        "tags": facts.get("tags", []),
    }


def _types(workspaces: Collection[UUID]) -> dict[UUID, dict[str, PropertyType]]:
    found: dict[UUID, dict[str, PropertyType]] = {}
    rows = Property.objects.filter(workspace__in=workspaces) if workspaces else ()
    for each in rows:
        found.setdefault(each.workspace_id, {})[each.name] = PropertyType(each.type)
    return found


def _kept(happened: Sequence[Occurrence]) -> dict[UUID, _Facts]:
    """Return what was kept with the answers and surveys of a batch, by their keys."""
    about = {one.about for one in happened}
    of_answers = ResponseFacts.objects.filter(response__in=about)
    of_surveys = SurveyFacts.objects.filter(survey__in=about)
    return {
        **dict(of_answers.values_list("response_id", "facts")),
        **dict(of_surveys.values_list("survey_id", "facts")),
    }


def _facts_today(customer: Customer) -> _Facts:
    own = {name: str(getattr(customer, name)) for name in OWN_COLUMNS}
    return snapshot(own, customer.tags, customer.properties, customer.company_id)
