"""Find a row by the id in an address, and refuse the filters that do not work yet."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from ninja.errors import HttpError

from afterword.core.ids import parsed_id

Row = TypeVar("Row", bound=Model)


def find(rows: QuerySet[Row], given_id: str, noun: str) -> Row:
    """Return the row; raises HttpError where there is none, or none with such an id."""
    row = rows.filter(pk=key).first() if (key := parsed_id(given_id)) else None
    if row is None:
        raise HttpError(404, f"There is no {noun} with this id in the workspace of the token.")
    return row


def refuse_attributes(request: HttpRequest) -> None:
    """To ignore a filter would show rows that were not asked for."""
    for name in request.GET:
        if name.startswith("attributes"):
            raise HttpError(400, "attributes: this filter is not available in this version.")
