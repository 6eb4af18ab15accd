"""Customers of a company with their last answers, and who was asked and stays silent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from afterword.customers.models import Customer
from afterword.feedback.models import Response
from afterword.surveys.models import Survey


@dataclass(frozen=True, slots=True)
class Person:
    customer: Customer
    answer: Response | None  # the latest that counts
    asked_at: datetime | None  # the last time

    @property
    def is_silent(self) -> bool:
        """Whether they were asked and never answered."""
        return self.asked_at is not None and self.answer is None

    @property
    def is_silent_since(self) -> bool:
        """Whether they answered once, and not when they were asked after that."""
        return bool(self.answer and self.asked_at and self.asked_at > self.answer.created_at)


def people_of(customers: Sequence[Customer]) -> list[Person]:
    """Return what a list shows of customers, with two queries."""
    ids = [one.id for one in customers]
    newest = (
        Response.objects.filter(customer__in=ids, counts=True)
        .order_by("customer", "-created_at", "-id")
        .distinct("customer")
    )
    answers = {one.customer_id: one for one in newest}
    asked = _last_asked(ids)
    return [Person(one, answers.get(one.id), asked.get(one.id)) for one in customers]


def _last_asked(ids: Sequence[UUID]) -> dict[UUID, datetime]:
    rows = Survey.objects.filter(customer__in=ids, asked_at__isnull=False).values_list(
        "customer_id"
    )
    return dict(rows.annotate(last=Max("asked_at")))
