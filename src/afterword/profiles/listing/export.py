"""The customers of a list as CSV, however many: read and written in pieces."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from afterword.core import csv_cells
from afterword.core.keyset import KeysetPage
from afterword.customers.models import Customer
from afterword.profiles.listing.cells import for_file
from afterword.profiles.listing.columns import OWN, Column
from afterword.profiles.listing.order import Chosen, page_of
from afterword.workspaces.models import WorkspaceRows

PIECE = 2000  # rows
Rows = WorkspaceRows[Customer]
Ask = Callable[[Callable[[Rows], KeysetPage[Customer]]], KeysetPage[Customer]]

_EMAIL = OWN[0]
_FIRST = (
    _EMAIL,
    Column("first_name", "First name", "firstName"),
    Column("last_name", "Last name", "lastName"),
)


def csv_of(ask: Ask, columns: Sequence[Column], order: Chosen) -> Iterator[bytes]:
    """Yield a CSV file in UTF-8: who they are, then the columns, in the list's order.

    `ask` returns what its argument makes of the customers that are meant.
    """
    written = [*_FIRST, *(one for one in columns if one != _EMAIL)]
    yield f"{csv_cells.BOM}{csv_cells.lines([[one.exported for one in written]])}".encode()
    yield from _pieces(ask, written, order)


def _pieces(ask: Ask, columns: Sequence[Column], order: Chosen) -> Iterator[bytes]:
    """Each piece is a query of its own that goes on after the last row: no transaction is long."""
    cursor = ""
    while True:
        page = ask(partial(page_of, chosen=order, cursor=cursor, size=PIECE))
        if page.rows:
            yield csv_cells.lines(for_file(page.rows, columns)).encode()
        cursor = page.after
        if not cursor:
            return
