"""A tablet on a counter: after an answer the first page comes back. Pure."""

from collections.abc import Mapping

FIELD = "kiosk"
SHORTEST, LONGEST = 5, 600  # seconds


def read_kiosk(given: Mapping[str, str]) -> int | None:
    """Return after how many seconds the first page comes back; None where this is no kiosk."""
    said = given.get(FIELD, "")
    if not (said.isascii() and said.isdigit() and len(said) <= 6):
        return None
    return min(max(int(said), SHORTEST), LONGEST)
