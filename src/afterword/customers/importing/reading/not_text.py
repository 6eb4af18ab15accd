"""Tells by its first bytes what a file is that is no CSV file, whatever its name says. Pure."""

SAVE_AS_CSV = (
    "Save the table as CSV and choose that file: File → Save As → CSV UTF-8 in Excel, File →"
    " Download → Comma-separated values in Google Sheets, File → Export To → CSV in Numbers."
)
_A_PICTURE = "a picture"
_COMPRESSED = "compressed"
_KINDS = {
    b"\xd0\xcf\x11\xe0": "an Excel workbook",
    b"%PDF": "a PDF",
    b"{\\rtf": "a text document (RTF)",
    b"\x89PNG": _A_PICTURE,
    b"\xff\xd8\xff": _A_PICTURE,
    b"GIF8": _A_PICTURE,
    b"SQLite format 3": "a database",
    b"\x1f\x8b": _COMPRESSED,
    b"BZh": _COMPRESSED,
    b"7z\xbc\xaf\x27\x1c": _COMPRESSED,
    b"Rar!\x1a\x07": _COMPRESSED,
    b"\xfd7zXZ\0": _COMPRESSED,
    b"\x28\xb5\x2f\xfd": _COMPRESSED,
}
_ZIP = b"PK\x03\x04"
# What stands near the beginning of zipped files that are tables.
_ZIPPED = {
    b"[Content_Types].xml": "an Excel workbook",
    b"xl/": "an Excel workbook",
    b"opendocument.spreadsheet": "an OpenDocument spreadsheet",
    b"Index/": "a Numbers spreadsheet",
}
_PAGES = (b"<!doctype html", b"<html", b"<?xml", b"<table")
_NULS = 8  # in a text that is not UTF-16, so many are no slip in a cell or two
_ONE_IN = 100


def what_it_is(start: bytes) -> str:
    """Return in a sentence what this is the beginning of, and how to mend it; "" for a text."""
    if start.startswith(_ZIP):
        kind = next((name for sign, name in _ZIPPED.items() if sign in start), _COMPRESSED)
    else:
        kind = next((name for sign, name in _KINDS.items() if start.startswith(sign)), "")
    if kind == _COMPRESSED:
        return "This file is compressed: unpack it first, and choose the CSV file that is in it."
    if not kind and start.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_PAGES):
        kind = "a web page or XML, as some programs name their exports"
    return f"This is {kind}, and no CSV file. {SAVE_AS_CSV}" if kind else ""


def is_binary(start: bytes) -> bool:
    """Say if this, which is neither UTF-16 nor UTF-32, has more NULs than a text ever has."""
    return start.count(0) > max(_NULS, len(start) // _ONE_IN)
