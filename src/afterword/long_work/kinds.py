"""The kinds of long work: a later stage brings what it does, and `joining.py` registers it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from afterword.long_work.models import Work


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a report: "Refused: 17", and where a click leads, such as to a download."""

    label: str
    value: str
    address: str = ""
    action: str = ""  # what the link says


@dataclass(frozen=True, slots=True)
class WorkKind:
    """What one kind of work does, and how it speaks of itself.

    `step` does one batch, of a second at most, within the transaction that it is called in, and
    notes in the row's `cursor`, `done`, `total` and `report` how far it came: they are committed
    with what it did. It returns whether nothing is left to do. It must not change other fields.
    """

    name: str
    step: Callable[[Work, datetime], bool]
    title: Callable[[Work], str]  # what it is, for a heading: "Import people.csv"
    report: Callable[[Work], Sequence[Line]]  # while it runs too
    leads_to: Callable[[Work], tuple[str, str]]  # an address, and what the link says
    things: str = "rows"  # what is counted


_kinds: dict[str, WorkKind] = {}


def register(kind: WorkKind) -> None:
    _kinds[kind.name] = kind


def kind_of(work: Work) -> WorkKind:
    return _kinds[work.kind]
