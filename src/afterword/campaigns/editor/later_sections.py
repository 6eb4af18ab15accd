"""Sections of the campaign editor that later stages bring; `joining.py` registers them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class LaterSection:
    """`after` is the key of the section that it follows."""

    key: str
    name: str
    after: str
    address: Callable[[UUID], str]  # of a campaign


_sections: dict[str, LaterSection] = {}


def register(section: LaterSection) -> None:
    _sections[section.key] = section


def with_later(own: Mapping[str, str]) -> dict[str, str]:
    """Return the names of all sections by their keys, in order."""
    keys = list(own)
    for section in _sections.values():
        keys.insert(keys.index(section.after) + 1, section.key)
    return {key: _sections[key].name if key in _sections else own[key] for key in keys}


def later_address(key: str, campaign_id: UUID) -> str | None:
    """Return where a section is, if a later stage brings it."""
    return _sections[key].address(campaign_id) if key in _sections else None
