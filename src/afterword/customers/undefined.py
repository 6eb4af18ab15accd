"""Names that events carry and nobody has defined, as the latest events have them."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from afterword.core.instants import parse_instant
from afterword.customers.own_fields import OWN_FIELDS
from afterword.customers.values import PropertyType
from afterword.workspaces.models import Workspace

LOOKED_AT = 200  # events
OFFERED = 12
_OWN = frozenset({*OWN_FIELDS, "email", "tags"})
_LONGEST, _SHOWN = 100, 60
_WORDS = frozenset(("true", "false"))  # yes and no may be texts beside others


class Undefined(NamedTuple):
    """A name with how many of the latest events have it, a value, and the type that fits it."""

    name: str
    events: int
    example: str
    type: PropertyType


def undefined_names(workspace: Workspace) -> list[Undefined]:
    """Return the most frequent names; two queries."""
    latest = workspace.events.order_by("-received_at", "-id")
    sent = list(latest.values_list("properties", flat=True)[:LOOKED_AT])
    defined = set(workspace.properties.values_list("name", flat=True))
    return _most_frequent(sent, _OWN | defined)


def _most_frequent(
    sent: Iterable[Mapping[str, object]], known: frozenset[str] | set[str]
) -> list[Undefined]:
    counts: Counter[str] = Counter()
    examples: dict[str, object] = {}
    for properties in sent:
        for name, value in properties.items():
            if name not in known and _may_be(name, value):
                counts[name] += 1
                examples.setdefault(name, value)
    return [
        Undefined(name, count, _written(examples[name]), type_of(examples[name]))
        for name, count in counts.most_common(OFFERED)
    ]


def _may_be(name: str, value: object) -> bool:
    is_name = 0 < len(name) <= _LONGEST and name.isprintable() and not any(map(str.isspace, name))
    return is_name and value not in (None, "", []) and not isinstance(value, dict)


def type_of(value: object) -> PropertyType:
    """Return the type that a value looks like."""
    if isinstance(value, list):
        return PropertyType.COLLECTION
    if isinstance(value, bool) or (isinstance(value, str) and value.strip().lower() in _WORDS):
        return PropertyType.BOOLEAN
    if isinstance(value, int | float):
        return PropertyType.NUMBER
    # Text of digits alone may be an instant too, and is rather a number of something.
    if isinstance(value, str) and not value.strip().isdigit() and parse_instant(value):
        return PropertyType.DATE
    return PropertyType.TEXT


def _written(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
