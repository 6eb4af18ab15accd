"""What the list shows of each customer, column by column; and the same for a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from afterword.customers.models import Customer
from afterword.feedback.last_score import newest_answers
from afterword.feedback.models import Response
from afterword.profiles.facts import shown_value
from afterword.profiles.listing.columns import Column
from afterword.profiles.listing.status import statuses_of

Answers = Mapping[UUID, Response]


@dataclass(frozen=True, slots=True)
class Cell:
    column: Column
    value: object


@dataclass(frozen=True, slots=True)
class Line:
    customer: Customer
    cells: list[Cell]


def lines_of(customers: Sequence[Customer], columns: Sequence[Column]) -> list[Line]:
    """Return what the page shows; one query more where last scores are shown."""
    answers = _answers(customers, columns)
    return [
        Line(one, [Cell(column, _shown(one, column, answers)) for column in columns])
        for one in customers
    ]


def for_file(customers: Sequence[Customer], columns: Sequence[Column]) -> list[list[object]]:
    """Return the values of each customer as a file has them."""
    answers = _answers(customers, columns)
    return [[_value(one, column, answers) for column in columns] for one in customers]


def _answers(customers: Sequence[Customer], columns: Sequence[Column]) -> Answers:
    if not any(column.shown == "score" for column in columns):
        return {}
    return newest_answers([one.id for one in customers])


def _shown(customer: Customer, column: Column, answers: Answers) -> object:
    if column.shown == "score":
        return answers.get(customer.id)
    value = _value(customer, column, answers)
    return shown_value(value, column.type) if column.type else value


def _value(customer: Customer, column: Column, answers: Answers) -> object:
    if column.type:
        return customer.properties.get(column.property_name)
    if column.shown == "status":
        return statuses_of(customer)
    if column.shown == "score":
        answer = answers.get(customer.id)
        return answer.score if answer else None
    return getattr(customer, column.key)
