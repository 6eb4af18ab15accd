"""Customers of a company with their last answers, and who was asked and stays silent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from afterword.customers.models import Customer
from afterword.feedback.last_score import newest_answers
from afterword.feedback.models import Response
from afterword.feedback.risk.models import AtRisk
from afterword.surveys.models import Survey


@dataclass(frozen=True, slots=True)
class Person:
    customer: Customer
    answer: Response | None  # the latest that counts
    asked_at: datetime | None  # the last time
    risk: AtRisk | None

    @property
    def is_silent(self) -> bool:
        """Whether they were asked and never answered."""
        return self.asked_at is not None and self.answer is None

    @property
    def is_silent_since(self) -> bool:
        """Whether they answered once, and not when they were asked after that."""
        return bool(self.answer and self.asked_at and self.asked_at > self.answer.created_at)


def people_of(customers: Sequence[Customer]) -> list[Person]:
    """Return what a list shows of customers, with three queries."""
    ids = [one.id for one in customers]
    answers, asked = newest_answers(ids), _last_asked(ids)
    risks = AtRisk.objects.in_bulk(ids)
    return [
        Person(one, answers.get(one.id), asked.get(one.id), risks.get(one.id)) for one in customers
    ]


def _last_asked(ids: Sequence[UUID]) -> dict[UUID, datetime]:
    rows = Survey.objects.filter(customer__in=ids, asked_at__isnull=False).values_list(
        "customer_id"
    )
    return dict(rows.annotate(last=Max("asked_at")))
