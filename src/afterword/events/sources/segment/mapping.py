"""The settings of a classic destination: which campaigns an event's name is mapped to. Pure."""

import binascii
from base64 import b64decode
from collections.abc import Iterable, Iterator

from afterword.core.foreign_json import Malformed, read
from afterword.events.raw_json import without_bad_escapes
from afterword.events.sources.segment.payload import PayloadError, Problem

# Segment's catalog names it so, and we would.
SETTINGS = ("mapAfterwordCampaignsWithSegmentEvents", "mapRetentlyCampaignsWithSegmentEvents")
MAX_SETTINGS = 64 * 1024  # bytes of the header

Row = tuple[str, object]


def campaigns_mapped(header: bytes | None, event: str) -> list[str]:
    """Return the IDs or names of campaigns in whose rows the event stands, each once.

    `header` is `X-Segment-Settings`, JSON in base64 or as it is; absent, nothing is mapped.
    Raises PayloadError if it cannot be read.
    """
    wanted = {event, event.strip()}
    rows = _rows(_settings(header)) if header and header.strip() else ()
    return list(dict.fromkeys(to for to, names in rows if to and wanted & _names(names)))


def _settings(header: bytes) -> object:
    try:
        if len(header) > MAX_SETTINGS:
            raise Malformed
        text = header.strip()
        return read(without_bad_escapes(text if text.startswith(b"{") else b64decode(text + b"==")))
    except (Malformed, binascii.Error):
        raise PayloadError(
            Problem.INVALID_SETTINGS,
            "X-Segment-Settings cannot be read. Send a JSON object in base64.",
        ) from None


def _rows(settings: object) -> Iterator[Row]:
    """Yield each row: a map's, or those of a list of pairs, as key and value or as objects."""
    if not isinstance(settings, dict):
        return
    for setting in SETTINGS:
        mapped = settings.get(setting)
        if isinstance(mapped, dict):
            yield from ((to.strip(), names) for to, names in mapped.items())
        elif isinstance(mapped, list):
            yield from _pairs(mapped)


def _pairs(rows: Iterable[object]) -> Iterator[Row]:
    for row in rows:
        if isinstance(row, dict):
            yield str(row.get("key", "")).strip(), row.get("value")
        elif isinstance(row, list) and len(row) == 2:
            yield str(row[0]).strip(), row[1]


def _names(value: object) -> set[str]:
    """Return the names in a row: of a text its parts between commas, and the whole of it."""
    if isinstance(value, str):
        return {part.strip() for part in (value, *value.split(","))} - {""}
    if isinstance(value, list):
        return {part.strip() for part in value if isinstance(part, str)} - {""}
    return set()
