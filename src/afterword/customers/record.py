"""A customer's record while events are applied to it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from afterword.customers.own_fields import read_own_fields, read_tags
from afterword.customers.standing import FREE, Standing
from afterword.customers.values import Problem, PropertyType, convert

MAX_TAGS = 1_000  # a tag is a label; what has as many values is a property

OWN_COLUMNS = (
    "first_name",
    "last_name",
    "company_name",
    "job_title",
    "phone",
    "city",
    "state",
    "country",
)


@dataclass(slots=True)
class Record:
    id: UUID
    email: str
    source: str
    created_at: datetime
    own: dict[str, str] = field(default_factory=lambda: dict.fromkeys(OWN_COLUMNS, ""))
    properties: dict[str, Any] = field(default_factory=dict)
    changed_at: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    last_surveyed_at: datetime | None = None
    standing: Standing = FREE
    is_new: bool = False
    is_changed: bool = False

    def built_in_fields(self) -> dict[str, object]:
        """Return what an audience filter may look at beside properties, by field name."""
        return {
            **self.own,
            "email": self.email,
            "tags": self.tags,
            "source": self.source,
            "created_at": self.created_at,
            "last_surveyed_at": self.last_surveyed_at,
        }


def bring_up_to_date(
    record: Record,
    sent: Mapping[str, Any],
    types: Mapping[str, PropertyType],
    occurred_at: datetime,
    *,
    keep_unsent: bool,
) -> dict[str, str]:
    """Apply an event's properties; return the problem of each value that did not fit, by name.

    A property that is sent empty, or not sent at all, is unassigned (`keep_unsent` keeps the
    latter). The customer's own fields are kept when not sent, and tags are added. What a later
    event set, or unassigned, stays: instants compare by when the event occurred.
    """
    stamp = occurred_at.isoformat(timespec="microseconds")
    problems: dict[str, str] = {}
    for name, kind in types.items():
        if keep_unsent and name not in sent:
            continue
        value = convert(sent.get(name), kind)
        if isinstance(value, Problem):
            problems[name] = value.message
        elif _is_newest(record, name, stamp):
            if value is None:
                record.properties.pop(name, None)
            else:
                record.properties[name] = value
    for column, text in read_own_fields(sent).items():
        if _is_newest(record, column, stamp):
            record.own[column] = text
    tags = dict.fromkeys([*record.tags, *read_tags(sent.get("tags"))])
    if len(tags) > MAX_TAGS:
        problems["tags"] = f"A customer has at most {MAX_TAGS:,} tags; the last ones were left out."
    record.tags = list(tags)[:MAX_TAGS]
    record.is_changed = True
    return problems


def _is_newest(record: Record, name: str, stamp: str) -> bool:
    """Note that `stamp` sets `name`, unless something newer already has."""
    if record.changed_at.get(name, "") > stamp:
        return False
    record.changed_at[name] = stamp
    return True
