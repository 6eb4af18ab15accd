"""The first half of an import: the file's rows are read, checked and stored as they were said."""

import time
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import msgspec
from django.db import connection

from afterword.customers.importing.keep import lines_from
from afterword.customers.importing.models import Import
from afterword.customers.importing.reading.records import Record, records
from afterword.customers.importing.reading.row import Columns, Refused
from afterword.customers.properties import property_types

AT_ONCE = 10_000  # rows
CHARACTERS = 4_000_000  # kept in memory
SECONDS = 1.0  # after which a batch ends in any case
_encode = msgspec.json.Encoder().encode
_COPY = "COPY importing_row (of_id, line, email, said, reason) FROM STDIN"


class Staged(NamedTuple):
    """What became of a batch: the line to go on from, None at the file's end, and two counts."""

    next_line: int | None
    good: int
    refused: int


def columns_of(file: Import) -> Columns:
    types = property_types(file.workspace_id)
    return Columns(file.headers, file.targets, types, empties_remove=file.empties_remove)


def stage(file: Import, line: int) -> Staged:
    """Read some rows from this line on and store them, within the caller's transaction."""
    ends = time.monotonic() + SECONDS
    columns = columns_of(file)
    # Pieces of the file are read by queries, which cannot be asked while COPY goes on.
    rows = list(_some(file, line))
    next_line: int | None = None
    good = refused = 0
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        # PostgreSQL stores the first ones while the next are checked here.
        for record in rows:
            next_line = record.line + record.lines
            if record.is_blank or (record.line == 1 and file.has_header):
                continue
            email, said, reason = read(record, columns)
            copy.write_row((file.id, record.line, email, said, reason))
            refused += bool(reason)
            good += not reason
            if time.monotonic() > ends:
                break
    return Staged(next_line, good, refused)


def read(record: Record, columns: Columns) -> tuple[str, str, str]:
    """Return a row's address, what it says as JSON, and why it is refused, if it is."""
    try:
        if record.problem:
            raise Refused(record.problem)
        email, said = columns.read(record.cells)
    except Refused as refused:
        return "", _encode(_storable(record.cells)).decode(), str(refused)
    return email, _encode(said).decode(), ""


def _storable(cells: Sequence[str]) -> list[str]:
    return [cell.replace("\0", "\ufffd") for cell in cells]


def _some(file: Import, line: int) -> Iterator[Record]:
    room = CHARACTERS
    for record in islice(records(lines_from(file, line), file.separator, line), AT_ONCE):
        yield record
        room -= sum(map(len, record.cells))
        if room < 0:
            return
