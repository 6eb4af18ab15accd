"""Reads the rows of a CSV file; one that is broken costs its own line, and no other. Pure."""

import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

SEPARATORS = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Vertical bar"}
MOST_LINES = 1_000  # that a quoted cell may go on for
_UNREADABLE = re.compile("[\udc80-\udcff]")  # bytes that the encoding does not have
_LOOKED_AT = 50  # rows, to tell the separator

NEVER_CLOSED = "A quote opens in this line and is not closed as it should be."
UNREADABLE = "It has characters that are not in the file's encoding."
NUL = "It has a NUL character, which no text has."


class Record(NamedTuple):
    """A row: the number of its first line, from 1, how many lines it takes, and its cells.

    With a problem, the cells are what there is to show of it.
    """

    line: int
    lines: int
    cells: list[str]
    problem: str = ""

    @property
    def is_blank(self) -> bool:
        return not self.problem and not any(map(str.strip, self.cells))


def lines_of(piece: bytes, encoding: str) -> Iterator[str]:
    """Yield the lines of a piece with their ends; what cannot be decoded becomes surrogates."""
    return iter(io.StringIO(piece.decode(encoding, "surrogateescape"), newline="\n"))


def records(lines: Iterable[str], separator: str, at: int = 1) -> Iterator[Record]:
    """Yield the rows in these lines, of which the first is line `at` of the file."""
    source = _Lines(lines)
    reader = csv.reader(source, delimiter=separator, strict=True)
    while True:
        source.taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            # Its first line is lost, and what follows is read as if that were whole.
            broken = source.taken[0]
            source.give_back_all_but_one()
            reader = csv.reader(source, delimiter=separator, strict=True)
            yield Record(at, 1, [_shown(broken.rstrip("\r\n"))], NEVER_CLOSED)
            at += 1
            continue
        yield _checked(at, len(source.taken), cells)
        at += len(source.taken)


def _checked(at: int, lines: int, cells: list[str]) -> Record:
    whole = "".join(cells)
    if "\0" in whole:
        return Record(at, lines, [cell.replace("\0", "\ufffd") for cell in cells], NUL)
    if not whole.isascii() and _UNREADABLE.search(whole):
        return Record(at, lines, list(map(_shown, cells)), UNREADABLE)
    return Record(at, lines, cells)


def _shown(text: str) -> str:
    return _UNREADABLE.sub("\ufffd", text).replace("\0", "\ufffd")


class _Lines:
    """Lines that can be given back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.taken: list[str] = []
        self._lines = iter(lines)
        self._given_back: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MOST_LINES:
            raise csv.Error
        line = self._given_back.popleft() if self._given_back else next(self._lines)
        self.taken.append(line)
        return line

    def give_back_all_but_one(self) -> None:
        self._given_back.extendleft(reversed(self.taken[1:]))


def separator_of(lines: Sequence[str]) -> str:
    """Return the separator that cuts the first lines of a file into the evenest table."""
    return max(SEPARATORS, key=lambda separator: _evenness(lines, separator))


def _evenness(lines: Sequence[str], separator: str) -> tuple[float, int]:
    """How many rows are as wide as the first one, and how wide that is."""
    rows = [one.cells for one in records(lines[:_LOOKED_AT], separator) if not one.is_blank]
    width = len(rows[0]) if rows else 0
    if width < 2:
        return 0, 0
    return round(sum(len(row) == width for row in rows) / len(rows), 1), width
