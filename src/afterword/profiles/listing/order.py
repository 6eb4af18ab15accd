"""In which order customers are listed; each order has an index, so that any page costs the same."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import BooleanField, F
from django.db.models.expressions import RawSQL

from afterword.core.ids import parsed_id
from afterword.core.keyset import KeysetPage
from afterword.core.text import clean_text
from afterword.customers.models import Customer
from afterword.workspaces.models import WorkspaceRows

PAGE = 50


@dataclass(frozen=True, slots=True)
class Order:
    """`expression` is of a row of customers, never null, and as the order's index spells it."""

    name: str
    expression: str
    is_instant: bool = False


_NEVER = "'1970-01-01 00:00:00+00'::timestamptz"
ORDERS = {
    order.name: order
    for order in (
        Order(
            "name",
            "lower(CASE WHEN customers_customer.first_name = '' AND customers_customer.last_name ="
            " '' THEN coalesce(customers_customer.email, '') ELSE btrim("
            "customers_customer.first_name || ' ' || customers_customer.last_name) END)",
        ),
        Order("company", "lower(customers_customer.company_name)"),
        Order(
            "last_survey",
            f"coalesce(customers_customer.last_surveyed_at, {_NEVER})",
            is_instant=True,
        ),
        Order("added", "customers_customer.created_at", is_instant=True),
    )
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """An order and its direction; an address says it as `name`, or `-name` for falling."""

    order: Order = ORDERS["added"]
    falls: bool = True

    @classmethod
    def of(cls, text: str) -> "Chosen":
        """Read what an address says; junk is the usual order, the newest first."""
        found = ORDERS.get(text.removeprefix("-"))
        return cls(found, text.startswith("-")) if found else cls()

    def __str__(self) -> str:
        return f"-{self.order.name}" if self.falls else self.order.name


def page_of(
    rows: WorkspaceRows[Customer], chosen: Chosen, cursor: str = "", size: int = PAGE
) -> KeysetPage[Customer]:
    """Return the page after `cursor`, an earlier page's `after`; junk is the first page."""
    expression = chosen.order.expression
    if (last := _read(cursor, chosen.order)) is not None:
        sign, kind = (
            "<" if chosen.falls else ">",
            "timestamptz" if chosen.order.is_instant else "text",
        )
        beyond = f"({expression}, customers_customer.id) {sign} (%s::{kind}, %s::uuid)"
        rows = rows.filter(RawSQL(beyond, last, BooleanField()))  # noqa: S611  (our own words)
    key = F("ordered_by")
    found = list(
        rows.annotate(ordered_by=RawSQL(expression, ())).order_by(  # noqa: S611
            *((key.desc(), "-id") if chosen.falls else (key.asc(), "id"))
        )[: size + 1]
    )
    shown = found[:size]
    return KeysetPage(shown, _write(shown[-1]) if len(found) > size else "")


def _write(row: Customer) -> str:
    key = row.ordered_by  # type: ignore[attr-defined]
    return f"{row.id}_{key.isoformat() if isinstance(key, datetime) else key}"


def _read(cursor: str, order: Order) -> tuple[object, UUID] | None:
    id_, _, value = clean_text(cursor).partition("_")
    key = parsed_id(id_)
    if key is None:
        return None
    if not order.is_instant:
        return value, key
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return (at, key) if at.tzinfo else None
