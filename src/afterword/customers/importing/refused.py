"""The refused rows of an import, as a CSV file with the reason beside each."""

import json
from collections.abc import Iterator

from afterword.core import csv_cells
from afterword.customers.importing.models import Import

PIECE = 2_000  # rows
REASON = "Refused because"
LINE = "Line"


def csv_of(file: Import) -> Iterator[bytes]:
    """Yield the rows as they came, in UTF-8: once they are mended they can be imported."""
    yield f"{csv_cells.BOM}{csv_cells.lines([[*file.headers, LINE, REASON]])}".encode()
    width, line = len(file.headers), 0
    while piece := _after(file, line):
        yield csv_cells.lines(
            [*_as_wide(json.loads(said), width), line, reason] for line, said, reason in piece
        ).encode()
        line = piece[-1][0]


def _after(file: Import, line: int) -> list[tuple[int, str, str]]:
    rows = file.rows.exclude(reason="").filter(line__gt=line).order_by("line")
    return list(rows.values_list("line", "said", "reason")[:PIECE])


def _as_wide(cells: list[str], width: int) -> list[str]:
    """Put what a row has too much into its last cell, so that the reason stands in its column."""
    if len(cells) > width:
        return [*cells[: width - 1], " ".join(cells[width - 1 :])]
    return [*cells, *[""] * (width - len(cells))]
