"""Files come in every encoding, with any separator, and broken: what is whole is read."""

import codecs
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterword.customers.importing.reading.pieces import NotCsv, Pieces
from afterword.customers.importing.reading.records import (
    MOST_LINES,
    NEVER_CLOSED,
    NUL,
    UNREADABLE,
    lines_of,
    records,
    separator_of,
)

TEXT = "email,name\nzoe@example.com,Zoë Müller\nivan@example.com,Иван\nyuki@example.com,雪\n"


def read(data, encoding=None, separator=","):
    """Return the rows of a file that comes in small chunks, and how it is encoded."""
    pieces = Pieces(data[at : at + 7] for at in range(0, len(data), 7))
    kept = b"".join(pieces)
    encoding = encoding or pieces.encoding()
    return list(records(lines_of(kept, encoding), separator)), encoding


def cells(rows):
    return [row.cells for row in rows]


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.rstrip().encode(),
    ],
    ids=["UTF-8", "BOM", "UTF-16", "UTF-16 BE", "LE without", "BE without", "UTF-32", "CRLF",
         "CR", "no end"],
)  # fmt: skip
def test_unicode_is_read_however_it_is_written(data):
    rows, encoding = read(data)

    assert encoding == "utf-8"
    assert cells(rows) == list(csv.reader(TEXT.splitlines()))


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Zoë Müller, Café Crème, señor Muñoz, Français, Größe, naïve, déjà vu\n"),
        ("cp1251", "Иван Петров, Москва, Большое спасибо за вашу покупку, директор компании\n"),
        ("cp932", "山田太郎, 東京都, 株式会社サンプル, ありがとうございました, カタカナ\n"),
        ("gb18030", "张伟, 北京市, 有限公司, 非常感谢您的购买, 上海, 广州, 经理\n"),
    ],
)
def test_other_encodings_are_told_by_their_text(encoding, text):
    rows, found = read((text * 20).encode(encoding))

    assert found == encoding
    assert cells(rows)[0] == next(csv.reader([text]))


def test_a_few_lines_in_another_encoding_are_refused_alone():
    lines = [f"zoë{number}@example.com,Zoë\n".encode() for number in range(30)]
    lines[7] = "zoe@example.com,Zoë\n".encode("cp1252")

    rows, encoding = read(b"".join(lines))

    assert encoding == "utf-8"
    assert [(row.line, row.problem) for row in rows if row.problem] == [(8, UNREADABLE)]
    assert rows[7].cells == ["zoe@example.com", "Zo\ufffd"]
    assert len(rows) == 30


def test_a_quote_that_never_closes_costs_its_own_line():
    data = b'a@example.com,"Ann\nb@example.com,Bob\nc@example.com,"Ce\nce"\n'

    rows, _ = read(data)

    assert [(row.line, row.problem) for row in rows] == [(1, NEVER_CLOSED), (2, ""), (3, "")]
    assert rows[2].cells == ["c@example.com", "Ce\nce"]
    assert rows[2].lines == 2


def test_a_quote_that_never_closes_in_a_long_file_is_given_up_soon():
    lines = [b'x@example.com,"open\n'] + [b"a@example.com,Ann\n"] * (MOST_LINES + 500)

    rows, _ = read(b"".join(lines))

    assert [row.line for row in rows if row.problem] == [1]
    assert len(rows) == len(lines)


def test_text_after_a_closing_quote_costs_its_own_line():
    rows, _ = read(b'a@example.com,"Ann" Lee\nb@example.com,Bob\n')

    assert [bool(row.problem) for row in rows] == [True, False]


def test_a_nul_is_told():
    rows, _ = read(b"email,name\na@example.com,A\0nn\nb@example.com,Bob\n")

    assert [row.problem for row in rows] == ["", NUL, ""]
    assert rows[1].cells == ["a@example.com", "A\ufffdnn"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_told(separator):
    rows = [["email", "name", "note"], ["a@example.com", "Ann", "one, two; three"]] * 3
    lines = [separator.join(f'"{cell}"' for cell in row) + "\n" for row in rows]

    assert separator_of(lines) == separator


def test_one_column_needs_no_separator():
    assert separator_of(["email\n", "ann@example.com\n"]) == ","


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"PK\x03\x04\x14\0\x06\0[Content_Types].xml", "an Excel workbook, and no CSV"),
        (b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "an OpenDocument"),
        (b"PK\x03\x04\x14\0\0\0people.csv", "compressed: unpack it first"),
        (b"\xd0\xcf\x11\xe0old", "an Excel workbook"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a picture, and no CSV"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a picture"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html>", "a web page"),
        (b"\x7fELF and\nmore", "no text"),
    ],
)
def test_what_is_no_text_is_refused_in_words(start, words):
    with pytest.raises(NotCsv) as refused:
        list(Pieces([start + b"\0" * 30 + b"\xe9\n" * 500]))

    assert words in str(refused.value)
    assert "CSV" in str(refused.value)


def test_a_file_without_lines_is_refused():
    with pytest.raises(NotCsv, match="longer than 4 MB"):
        list(Pieces([b"x" * 1024 * 1024] * 6))


def test_an_empty_file_has_no_pieces():
    pieces = Pieces([])

    assert (list(pieces), pieces.lines, pieces.size) == ([], 0, 0)


@given(
    st.lists(
        st.lists(
            st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0\r")),
            min_size=2,
        ),
        max_size=5,
    )
)
def test_what_a_program_wrote_is_read_as_it_was(rows):
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\n").writerows(rows)

    found, _ = read(written.getvalue().encode(), "utf-8")

    assert cells(found) == rows
