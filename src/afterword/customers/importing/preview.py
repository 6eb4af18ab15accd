"""What the first rows of a file would become, and which of them would be refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from afterword.customers.importing.begin import defined
from afterword.customers.importing.forms import OWN_LABELS
from afterword.customers.importing.keep import first_rows
from afterword.customers.importing.models import Import
from afterword.customers.importing.reading.headers import NEW, OWN, PROPERTY, SURVEYED, TAGS
from afterword.customers.importing.reading.row import Columns, Refused, Said
from afterword.customers.importing.reading.stops import REASONS, STOP
from afterword.customers.properties import property_types
from afterword.customers.values import PropertyType, written

LOOKED_AT, MOST_CELLS = 1_000, 50_000
SHOWN = 10  # rows of each sort
MOST_FACTS = 12  # columns


@dataclass(frozen=True, slots=True)
class Preview:
    """Rows as they would be taken over, under the names of what they fill; and refused ones."""

    names: Sequence[str]
    good: Sequence[tuple[str, Sequence[str]]]  # an address, and its values
    refused: Sequence[tuple[int, str, str]]  # a line's number, its beginning, and the reason
    looked_at: int
    refused_count: int
    left_out: int  # columns that have no room here
    stopped_count: int  # rows that say that their customer gets no mail


def preview(file: Import, targets: Sequence[str]) -> Preview:
    """Look at the first rows as they would be read with these targets; E-mail is among them."""
    types = property_types(file.workspace_id)
    types |= {
        name: PropertyType(kind)
        for _, kind, name in (each.split(":", 2) for each in targets if each.startswith(NEW))
    }
    columns = Columns(
        file.headers, list(map(defined, targets)), types, empties_remove=file.empties_remove
    )
    facts = _facts(targets)
    good, refused = [], []
    stopped = 0
    count = max(20, min(LOOKED_AT, MOST_CELLS // len(file.headers)))
    rows = [row for row in first_rows(file, count + 1) if row.line > 1 or not file.has_header]
    for row in rows:
        try:
            if row.problem:
                raise Refused(row.problem)
            email, said = columns.read(row.cells)
        except Refused as why:
            refused.append((row.line, ", ".join(row.cells)[:100], str(why)))
        else:
            stopped += bool(said.stops)
            good.append((email, [_value(said, fact) for fact in facts[:MOST_FACTS]]))
    return Preview(
        [_name(fact) for fact in facts[:MOST_FACTS]],
        good[:SHOWN],
        refused[:SHOWN],
        len(rows),
        len(refused),
        max(0, len(facts) - MOST_FACTS),
        stopped,
    )


def _facts(targets: Sequence[str]) -> list[str]:
    """Return what is filled beside the address, in the order of the columns."""
    facts: dict[str, None] = {}
    for target in targets:
        if target == "name":
            facts |= {f"{OWN}first_name": None, f"{OWN}last_name": None}
        elif target.startswith(STOP):
            facts[STOP] = None
        elif target not in {"", "email"}:
            facts[defined(target)] = None
    return list(facts)


def _name(fact: str) -> str:
    if fact == STOP:
        return "Gets no mail"
    return OWN_LABELS.get(fact, fact.removeprefix(PROPERTY))


def _value(said: Said, fact: str) -> str:
    if fact == TAGS:
        return ", ".join(said.tags or ())
    if fact == SURVEYED:
        return said.surveyed_at
    if fact == STOP:
        return ", ".join(REASONS[reason] for reason in said.stops)
    value: Any = said.own.get(fact.removeprefix(OWN), "")
    if fact.startswith(PROPERTY):
        value = said.properties.get(fact.removeprefix(PROPERTY))
    return written(value)
