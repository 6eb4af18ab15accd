"""One page of rows, in the order asked for, in two queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import F, Model, OrderBy, QuerySet
from ninja.errors import HttpError

from afterword.api.envelope import Pages
from afterword.api.parameters import Paging

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    rows: Sequence[Row]
    pages: Pages


def page_of(rows: QuerySet[Row], asked: Paging, columns: Mapping[str, str]) -> Page[Row]:
    """Return a page of rows; `columns` maps the fields one may sort by, the usual one first.

    Raises HttpError for any other field. Rows that are alike are ordered by id, so that pages
    neither repeat nor skip one.
    """
    sort = asked.sort or f"-{next(iter(columns))}"
    column = columns.get(sort.removeprefix("-"))
    if column is None:
        raise HttpError(400, f"sort: use one of {', '.join(columns)}, with or without a leading -.")
    is_falling = sort.startswith("-")
    total = rows.count()
    start = (asked.page - 1) * asked.limit
    ordered = rows.order_by(_order(rows, column, is_falling), "-id" if is_falling else "id")
    return Page(
        list(ordered[start : start + asked.limit]) if start < total else [],
        Pages(
            page=asked.page,
            pages=-(-total // asked.limit),
            limit=asked.limit,
            sort=sort,
            total=total,
        ),
    )


def _order(rows: QuerySet[Row], column: str, is_falling: bool) -> OrderBy:
    # Where a column is never empty the order is left plain, as the index on it is.
    is_nullable = any(field.name == column and field.null for field in rows.model._meta.fields)
    nulls_last = is_nullable or None
    order = F(column)
    return order.desc(nulls_last=nulls_last) if is_falling else order.asc(nulls_last=nulls_last)
