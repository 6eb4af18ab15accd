"""The customers of a list as CSV, however many: read and written in pieces."""

from collections.abc import AsyncIterator, Iterator, Sequence

from asgiref.sync import sync_to_async
from django.db import connection

from afterword.core import csv_cells
from afterword.customers.models import Customer
from afterword.profiles.listing.cells import for_file
from afterword.profiles.listing.columns import OWN, Column
from afterword.profiles.listing.order import Chosen, page_of
from afterword.workspaces.models import WorkspaceRows

PIECE = 2000  # rows

_EMAIL = OWN[0]
_FIRST = (
    _EMAIL,
    Column("first_name", "First name", "firstName"),
    Column("last_name", "Last name", "lastName"),
)


async def csv_of(
    customers: WorkspaceRows[Customer], columns: Sequence[Column], order: Chosen
) -> AsyncIterator[bytes]:
    """Yield a CSV file in UTF-8: who they are, then the columns, in the list's order."""
    written = [*_FIRST, *(one for one in columns if one != _EMAIL)]
    pieces = _pieces(customers, written, order)
    read = sync_to_async(lambda: _next(pieces))
    yield f"{csv_cells.BOM}{csv_cells.lines([[one.exported for one in written]])}".encode()
    while piece := await read():
        yield piece


def _next(pieces: Iterator[bytes]) -> bytes:
    piece = next(pieces, b"")
    if not connection.in_atomic_block:
        connection.close()  # back to the pool while a slow reader takes what is there
    return piece


def _pieces(
    customers: WorkspaceRows[Customer], columns: Sequence[Column], order: Chosen
) -> Iterator[bytes]:
    """Each piece is a query of its own that goes on after the last row: no transaction is long."""
    cursor = ""
    while True:
        page = page_of(customers, order, cursor, PIECE)
        if page.rows:
            yield csv_cells.lines(for_file(page.rows, columns)).encode()
        cursor = page.after
        if not cursor:
            return
