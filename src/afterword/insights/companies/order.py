"""The orders of the list of companies, each in pages that cost the same however far on."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, F, Q, QuerySet
from django.db.models.expressions import Combinable, RawSQL
from django.db.models.functions import Lower

from afterword.core.ids import parsed_id
from afterword.core.text import clean_text
from afterword.customers.models import Company, CompanyQuerySet

SIZE = 50

# The customers of a row of companies, by all its names; an index leads on from each name.
_THEIRS = """
    FROM customers_company AS name
    JOIN customers_customer AS customer ON customer.company_id = name.id
    WHERE name.id = customers_company.id OR name.merged_into_id = customers_company.id
"""
_SOMEBODY = RawSQL(f"EXISTS (SELECT {_THEIRS})", [], BooleanField())  # noqa: S611  (our own words)


@dataclass(frozen=True, slots=True)
class Order:
    label: str
    value: Combinable
    is_falling: bool
    read: Callable[[Any], Any]  # a value from a cursor; ValueError or TypeError for junk
    is_counted: bool = False  # by the clock: see `tally.py`


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return clean_text(value)


def _instant(value: str) -> datetime:
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError(value)
    return at


ORDERS = {
    "name": Order("Name", Lower("name"), False, _text),
    "customers": Order("Most customers", F("tally__customers"), True, int, is_counted=True),
    "answer": Order("Latest answer", F("tally__last_answer_at"), True, _instant, is_counted=True),
    "newest": Order("Newest", F("created_at"), True, _instant),
}


def with_customers(rows: CompanyQuerySet) -> CompanyQuerySet:
    """Leave out companies that nobody belongs to any more."""
    return rows.filter(_SOMEBODY)


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[Company]
    after: str  # the cursor of the next page; empty at the end


def page_of(rows: QuerySet[Company], order: Order, cursor: str) -> Page:
    """Return the page after `cursor`, an earlier page's `after`; junk is the first page."""
    if order.is_counted:
        rows = rows.filter(tally__workspace=F("workspace"))  # by which the order's index begins
    rows = rows.annotate(place=order.value)
    if last := _read(cursor, order):
        value, key = last
        beyond = "lt" if order.is_falling else "gt"
        rows = rows.filter(
            Q(**{f"place__{beyond}": value}) | Q(**{f"id__{beyond}": key}),
            **{f"place__{beyond}e": value},  # where the index begins
        )
    sign = "-" if order.is_falling else ""
    found = list(rows.order_by(f"{sign}place", f"{sign}id")[: SIZE + 1])
    shown = found[:SIZE]
    return Page(shown, _written(shown[-1]) if len(found) > SIZE else "")


def _written(row: Any) -> str:
    value = row.place.isoformat() if isinstance(row.place, datetime) else row.place
    return json.dumps([value, str(row.id)])


def _read(cursor: str, order: Order) -> tuple[Any, Any] | None:
    try:
        value, key = json.loads(cursor)
        found = order.read(value)
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    id_ = parsed_id(str(key))
    return (found, id_) if id_ else None
