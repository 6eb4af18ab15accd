"""When an autoresponder goes: at a moment drawn once, so that it does not look like a machine's.

Pure.
"""

from datetime import datetime, timedelta


def moment(answered_at: datetime, shortest: timedelta, longest: timedelta, draw: float) -> datetime:
    """Return the moment; `draw` is even between 0 and 1."""
    return answered_at + shortest + (longest - shortest) * draw
