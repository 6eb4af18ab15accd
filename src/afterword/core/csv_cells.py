"""Rows of a CSV file that a spreadsheet shows and never computes. Pure."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from afterword.core.text import clean_text

BOM = "\ufeff"  # without it Excel does not read UTF-8
_STARTS = frozenset("=+-@")
_CONTROLS = frozenset("\t\r\n\0")
_NUMBER = re.compile(r"-?[0-9]+([.,][0-9]+)?")


def lines(rows: Iterable[Sequence[object]]) -> str:
    """Return the rows as lines of CSV, as RFC 4180 has them."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([cell(value) for value in row] for row in rows)
    return text.getvalue()


def cell(value: object) -> str:
    """Return a value as a cell that is no formula.

    None is empty, a truth `true` or `false`, an instant is ISO 8601 in UTC, a list is joined by
    commas. A text that a spreadsheet might take for a formula gets an apostrophe in front; a
    number, such as -5.3, stays one.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    text = str(value)
    return clean_text(f"'{text}" if _may_compute(text.lstrip("'")) else text)


def value_of(cell: str) -> str:
    """Return the text that `cell` wrote so: without the apostrophe that it put in front."""
    if cell.startswith("'") and _may_compute(cell.lstrip("'")):
        return cell[1:]
    return cell


def _may_compute(text: str) -> bool:
    if not text or text[0].isalnum() or _NUMBER.fullmatch(text):
        return False
    seen = next((sign for sign in text if not _is_unseen(sign)), "")
    # Wide and small forms of the signs count as the signs.
    return text[0] in _CONTROLS or unicodedata.normalize("NFKC", seen)[:1] in _STARTS


def _is_unseen(sign: str) -> bool:
    """Whether it is a blank, a control or without width: what spreadsheets pass over."""
    return sign.isspace() or unicodedata.category(sign) in {"Cc", "Cf"}
