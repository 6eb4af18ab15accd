"""What a change of a property's type would do, before it is done."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from afterword.core import csv_cells
from afterword.core.in_time import in_time, rows_in_time
from afterword.customers.converting.recast import recast
from afterword.customers.models import Property
from afterword.customers.properties import holders
from afterword.customers.values import Problem, PropertyType, Value, describe, written

LOOKED_AT = 10_000  # values
SECONDS, SECONDS_TO_COUNT = 2.0, 1.0
SHOWN, LONGEST = 5, 60
PIECE = 2_000  # rows of the file
_decode = msgspec.json.decode

_VALUES = """
    SELECT properties -> %s FROM customers_customer
    WHERE workspace_id = %s AND properties ? %s LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Outlook:
    """`holders` have a value, None where that is dear to count; the rest is of those looked at."""

    holders: int | None
    looked_at: int
    unfit: int
    changed: Sequence[tuple[str, str]]  # some that read otherwise: before and after
    unfit_examples: Sequence[str]

    @property
    def fits(self) -> int:
        return self.looked_at - self.unfit

    @property
    def is_whole(self) -> bool:
        return self.holders == self.looked_at


def foresee(prop: Property, kind: PropertyType) -> Outlook | None:
    """Look at the values there are, or at some thousand; None where even that takes too long."""
    asked = [prop.name, prop.workspace_id, prop.name, LOOKED_AT]
    rows = rows_in_time(_VALUES, asked, time.monotonic() + SECONDS)
    if rows is None:
        return None
    changed: dict[tuple[str, str], None] = {}
    examples: dict[str, None] = {}
    unfit = 0
    for (text,) in rows:
        value = _decode(text)
        found = recast(value, kind)
        if found is None or isinstance(found, Problem):
            unfit += 1
            if len(examples) < SHOWN:
                examples[describe(value)] = None
        elif len(changed) < SHOWN and written(found) != written(value):
            changed[_short(value), _short(found)] = None
    number = len(rows) if len(rows) < LOOKED_AT else counted(prop)
    return Outlook(number, len(rows), unfit, list(changed), list(examples))


def counted(prop: Property) -> int | None:
    """Return how many hold a value; None where that is dear to count."""
    return in_time(holders(prop).count, time.monotonic() + SECONDS_TO_COUNT)


def _short(value: Value) -> str:
    text = written(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def unfit_as_csv(prop: Property, kind: PropertyType) -> Iterator[bytes]:
    """Yield whose values do not fit, each with the reason; each piece is a query of its own."""
    header = ["customerId", "email", prop.name, "problem"]
    yield f"{csv_cells.BOM}{csv_cells.lines([header])}".encode()
    rows = holders(prop).order_by("id").values_list("id", "email", "properties")
    piece = list(rows[:PIECE])
    while piece:
        lines = [
            [id_, email, written(properties[prop.name]), problem]
            for id_, email, properties in piece
            if (problem := _problem(properties[prop.name], kind))
        ]
        yield csv_cells.lines(lines).encode()
        piece = list(rows.filter(id__gt=piece[-1][0])[:PIECE])


def _problem(value: Value, kind: PropertyType) -> str:
    found = recast(value, kind)
    if isinstance(found, Problem):
        return found.message
    return "It says nothing." if found is None else ""
