"""In which order customers are listed; each order has an index, so that any page costs the same."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import BooleanField, F
from django.db.models.expressions import RawSQL

from afterword.audience.sql_text import Sql
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

    @property
    def order_by(self) -> Sql:
        direction = "DESC" if self.falls else "ASC"
        expression = self.order.expression
        return Sql(f"ORDER BY {expression} {direction}, customers_customer.id {direction}")

    def beyond(self, cursor: str) -> Sql | None:
        """Return the condition on who comes after `cursor`; None where it is junk."""
        if (last := _read(cursor, self.order)) is None:
            return None
        sign = "<" if self.falls else ">"
        kind = "timestamptz" if self.order.is_instant else "text"
        compared = f"({self.order.expression}, customers_customer.id) {sign}"
        return Sql(f"{compared} (%s::{kind}, %s::uuid)", last)

    def cursor_at(self, id_: UUID, key: object) -> str:
        """Return the cursor that goes on after a customer and what orders them."""
        return f"{id_}_{key.isoformat() if isinstance(key, datetime) else key}"


def page_of(
    rows: WorkspaceRows[Customer], chosen: Chosen, cursor: str = "", size: int = PAGE
) -> KeysetPage[Customer]:
    """Return the page after `cursor`, an earlier page's `after`; junk is the first page."""
    if (beyond := chosen.beyond(cursor)) is not None:
        rows = rows.filter(RawSQL(beyond.text, beyond.params, BooleanField()))  # noqa: S611  (our own words)
    key = F("ordered_by")
    found = list(
        rows.annotate(ordered_by=RawSQL(chosen.order.expression, ())).order_by(  # noqa: S611
            *((key.desc(), "-id") if chosen.falls else (key.asc(), "id"))
        )[: size + 1]
    )
    shown = found[:size]
    if len(found) <= size:
        return KeysetPage(shown, "")
    last = shown[-1]
    return KeysetPage(shown, chosen.cursor_at(last.id, getattr(last, key.name)))


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
