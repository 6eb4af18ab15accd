"""Which part of what was sent fills which field. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Mapped = Mapping[str, Sequence[str]]

MOST_FIELDS = 100
LONGEST_NAME = 100
LONGEST_PATH = 300
MESSAGE_ID = "message_id"  # no property: it tells a retry


class MappingRefused(ValueError):
    """The text is no mapping; what it says is safe to show and how to mend it."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a payload says of a person, by field; and by which path each was found."""

    fields: dict[str, Any] = field(default_factory=dict)
    by_path: dict[str, str] = field(default_factory=dict)

    @property
    def email(self) -> str:
        said = self.fields.get("email")
        return said.strip() if isinstance(said, str) else ""


def value_at(payload: object, path: str) -> object:
    """Return what stands at `customer.emails.0`; None where nothing does.

    A name that has dots itself, such as a form's, is found too.
    """
    if isinstance(payload, dict) and path in payload:
        return payload[path]
    head, _, rest = path.partition(".")
    if isinstance(payload, dict):
        inner = payload.get(head)
    elif isinstance(payload, list) and head.isdecimal() and int(head) < len(payload):
        inner = payload[int(head)]
    else:
        return None
    return value_at(inner, rest) if rest else inner


def find(payload: Mapping[str, Any], mapped: Mapped) -> Found:
    """Fill the mapped fields; what else stands at the top keeps its name, unless it is nested.

    Of a field's paths the first counts that leads to a text, a number, a switch, or a list of them.
    """
    found = Found({name: value for name, value in payload.items() if _is_plain(value)})
    for name, paths in mapped.items():
        for path in paths:
            value = value_at(payload, path)
            if _is_plain(value):
                found.fields[name], found.by_path[name] = value, path
                break
    return found


def read_mapping(text: str) -> dict[str, list[str]]:
    """Read lines such as `email: customer.email, contact.email`; raises MappingRefused."""
    mapped: dict[str, list[str]] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, colon, paths = line.partition(":")
        name = name.strip()
        found = [path.strip() for path in paths.split(",") if path.strip()]
        if not colon or not name or not found:
            raise MappingRefused(f"“{line[:60]}”: write the field, a colon and a path in it.")
        if len(name) > LONGEST_NAME or max(map(len, found)) > LONGEST_PATH:
            raise MappingRefused(f"“{line[:60]}…” is too long.")
        if name in mapped:
            raise MappingRefused(f"{name} stands there twice: put its paths between commas.")
        mapped[name] = found
    if "email" not in mapped:
        raise MappingRefused("Say where the address is found, as in: email: customer.email")
    if len(mapped) > MOST_FIELDS:
        raise MappingRefused(f"At most {MOST_FIELDS} fields can be filled.")
    return mapped


def as_text(mapped: Mapped) -> str:
    """Return the lines that `read_mapping` reads."""
    return "\n".join(f"{name}: {', '.join(paths)}" for name, paths in mapped.items())


def _is_plain(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and not any(isinstance(each, dict | list) for each in value)
    return value is not None and value != "" and not isinstance(value, dict)
