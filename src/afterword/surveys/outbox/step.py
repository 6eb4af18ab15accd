"""One step in the story of a survey, as pages tell it."""

from dataclasses import dataclass
from datetime import datetime, tzinfo


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened. `words` are the other side's own; `address` leads to more of it."""

    at: datetime | None  # None where nobody noted when
    name: str
    icon: str
    text: str = ""
    words: str = ""
    address: str = ""
    link: str = ""
    is_machine: bool = False
    score: int | None = None
    comment: str = ""


def moment(at: datetime, zone: tzinfo) -> str:
    """Say an instant in a sentence."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M:%S}"
