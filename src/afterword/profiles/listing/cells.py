"""What the list shows of each customer, column by column; and the same for a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from afterword.customers.models import Customer
from afterword.feedback.last_score import newest_answers
from afterword.feedback.models import Response
from afterword.feedback.risk.models import AtRisk
from afterword.profiles.facts import shown_value
from afterword.profiles.listing.columns import Column
from afterword.profiles.listing.status import statuses_of


@dataclass(frozen=True, slots=True)
class Known:
    """What later stages know of the customers of a page, as far as a column shows it."""

    answers: Mapping[UUID, Response]
    risks: Mapping[UUID, AtRisk]


@dataclass(frozen=True, slots=True)
class Cell:
    column: Column
    value: object


@dataclass(frozen=True, slots=True)
class Line:
    customer: Customer
    cells: list[Cell]


def lines_of(customers: Sequence[Customer], columns: Sequence[Column]) -> list[Line]:
    """Return what the page shows; one query more for last scores, and one for who is at risk."""
    known = _known(customers, columns)
    return [
        Line(one, [Cell(column, _shown(one, column, known)) for column in columns])
        for one in customers
    ]


def for_file(customers: Sequence[Customer], columns: Sequence[Column]) -> list[list[object]]:
    """Return the values of each customer as a file has them."""
    known = _known(customers, columns)
    return [[_value(one, column, known) for column in columns] for one in customers]


def _known(customers: Sequence[Customer], columns: Sequence[Column]) -> Known:
    shown = {column.shown for column in columns}
    ids = [one.id for one in customers]
    return Known(
        newest_answers(ids) if "score" in shown else {},
        AtRisk.objects.in_bulk(ids) if "risk" in shown else {},
    )


def _shown(customer: Customer, column: Column, known: Known) -> object:
    if column.shown == "score":
        return known.answers.get(customer.id)
    if column.shown == "risk":
        return known.risks.get(customer.id)
    value = _value(customer, column, known)
    return shown_value(value, column.type) if column.type else value


def _value(customer: Customer, column: Column, known: Known) -> object:
    if column.type:
        return customer.properties.get(column.property_name)
    if column.shown == "status":
        return statuses_of(customer)
    if column.shown == "score":
        answer = known.answers.get(customer.id)
        return answer.score if answer else None
    if column.shown == "risk":
        return "yes" if customer.id in known.risks else "no"
    return getattr(customer, column.key)
