"""Takes a file in, piece by piece: it is never whole in memory."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db import transaction

from afterword.core.email_address import normalise
from afterword.core.ids import new_id
from afterword.core.text import one_line
from afterword.customers.importing.models import Import, Piece
from afterword.customers.importing.reading.headers import guess
from afterword.customers.importing.reading.pieces import NotCsv, Pieces
from afterword.customers.importing.reading.records import (
    Record,
    lines_of,
    records,
    separator_of,
)
from afterword.customers.properties import property_types
from afterword.workspaces.models import User

MOST_COLUMNS = 500
SEEN = 200  # rows, from which a column's type is told
_SEPARATOR_LINES = 200


@transaction.atomic
def keep(
    workspace_id: UUID,
    name: str,
    chunks: Iterable[bytes],
    now: datetime,
    *,
    by: User | None,
    may_define: bool,
) -> Import:
    """Store a file with what it looks like; raises NotCsv.

    What the same person brought and did not start goes: there is no way back to it.
    """
    if by is not None:
        _drop_not_started(workspace_id, by)
    file = Import(
        id=new_id(), workspace_id=workspace_id, by=by, name=one_line(name)[:200], size=0,
        lines=0, encoding="utf-8", separator=",", created_at=now,
    )  # fmt: skip
    file.save()
    pieces = Pieces(chunks)
    for piece in pieces:
        Piece.objects.create(
            of=file, first_line=pieces.lines - piece.count(b"\n") + 1, content=piece
        )
    if not pieces.lines:
        raise NotCsv("The file is empty.")
    file.size, file.lines, file.encoding = pieces.size, pieces.lines, pieces.encoding()
    start = list(islice(_first_lines(file), _SEPARATOR_LINES))
    file.separator = separator_of(start)
    look(file, may_define=may_define)
    return file


def _drop_not_started(workspace_id: UUID, by: User) -> None:
    """They are locked before they go; what is being started at this moment stays."""
    rows = Import.objects.filter(workspace_id=workspace_id, by=by, work=None)
    ids = rows.select_for_update(skip_locked=True).values_list("id", flat=True)
    Import.objects.filter(id__in=list(ids)).delete()


def look(file: Import, *, may_define: bool) -> None:
    """Tell anew what the columns are, by the file's encoding and separator; raises NotCsv."""
    rows = first_rows(file, SEEN + 1)
    if not rows:
        raise NotCsv("The file has no rows that can be read: it is blank.")
    first = rows[0].cells
    file.has_header = not any(map(normalise, first))
    width = max((len(row.cells) for row in rows if not row.problem), default=0)
    if not width:
        raise NotCsv(f"None of its first rows can be read: {rows[0].problem}")
    if width > MOST_COLUMNS:
        raise NotCsv(
            f"The file has {width:,} columns; {MOST_COLUMNS} is the most. Leave out what is no "
            "fact about a customer."
        )
    if file.has_header:
        file.headers = [one_line(cell)[:200] or f"Column {at}" for at, cell in enumerate(first, 1)]
        rows = rows[1:]
    else:
        file.headers = [f"Column {at}" for at in range(1, len(first) + 1)]
    if not rows:
        raise NotCsv("The file has a header, and no rows below it.")
    columns = guess(
        file.headers,
        [row.cells for row in rows if not row.problem],
        property_types(file.workspace_id),
        may_define=may_define,
    )
    file.targets = [column.target for column in columns]
    if not file.has_header:
        file.targets[next(at for at, cell in enumerate(first) if normalise(cell))] = "email"
    file.save()


def first_rows(file: Import, count: int) -> Sequence[Record]:
    """Return the first rows that are not blank, the header among them."""
    rows = records(_first_lines(file), file.separator)
    return list(islice((row for row in rows if not row.is_blank), count))


def _first_lines(file: Import) -> Iterable[str]:
    return lines_from(file, 1)


def lines_from(file: Import, line: int) -> Iterable[str]:
    """Yield the file's lines from this one on; pieces are read one by one, as they are needed."""
    earlier = file.pieces.filter(first_line__lte=line).order_by("-first_line")
    piece = earlier.first()
    while piece is not None:
        at = piece.first_line
        for text in lines_of(bytes(piece.content), file.encoding):
            if at >= line:
                yield text
            at += 1
        piece = file.pieces.filter(first_line=at).first()
