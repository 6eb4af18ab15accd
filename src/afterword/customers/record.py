"""A customer's record while events are applied to it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from afterword.customers.own_fields import read_own_fields, read_tags
from afterword.customers.standing import FREE, Standing
from afterword.customers.values import Problem, PropertyType, convert, same

_EMPTY: tuple[object, ...] = (None, "", [], {})
NAMES = ("first_name", "last_name")
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
    """`email` is None while no address of the person is known."""

    id: UUID
    email: str | None
    source: str
    created_at: datetime
    own: dict[str, str] = field(default_factory=lambda: dict.fromkeys(OWN_COLUMNS, ""))
    properties: dict[str, Any] = field(default_factory=dict)
    changed_at: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    company_id: UUID | None = None
    last_surveyed_at: datetime | None = None
    standing: Standing = FREE
    is_new: bool = False
    is_changed: bool = False
    # What has another value than it had: columns, properties, "tags"; and the tags that came.
    changed: set[str] = field(default_factory=set)
    new_tags: set[str] = field(default_factory=set)

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
    properties: Mapping[str, Any],
    traits: Mapping[str, Any],
    types: Mapping[str, PropertyType],
    occurred_at: datetime,
    *,
    keep_unsent: bool,
) -> dict[str, str]:
    """Apply an event; return the problem of each value that did not fit, by name.

    `traits` is what its context says of the person: the event's own properties win. A property
    that is sent empty, or not sent at all, is unassigned (`keep_unsent` keeps the latter). The
    customer's own fields are kept when not sent, and tags are added. What a later event set, or
    unassigned, stays: instants compare by when the event occurred.
    """
    stamp = stamp_of(occurred_at)
    sent = {**traits, **properties} if traits else properties
    wanted = {name: sent.get(name) for name in types if not keep_unsent or name in sent}
    problems = _assign(record, wanted, types, stamp)
    own = read_own_fields(properties)
    if traits:
        own = {**read_own_fields(traits), **own}
    _fill(record, own, stamp)
    _add_tags(record, sent.get("tags"), problems)
    record.is_changed = True
    return problems


def add_traits(
    record: Record,
    traits: Mapping[str, Any],
    types: Mapping[str, PropertyType],
    said_at: datetime,
) -> dict[str, str]:
    """Apply what an `identify` says; return the problems by name. It unassigns nothing."""
    stamp = stamp_of(said_at)
    said = {name: traits[name] for name in types if traits.get(name) not in _EMPTY}
    problems = _assign(record, said, types, stamp)
    _fill(record, read_own_fields(traits), stamp)
    _add_tags(record, traits.get("tags"), problems)
    record.is_changed = True
    return problems


def take_over(
    record: Record,
    own: Mapping[str, str],
    properties: Mapping[str, Any],
    tags: list[str] | None,
    stamp: str,
) -> None:
    """Apply what a row of a file says, unless something newer was said of it; see `stamp_of`.

    A property that is None is taken away; tags are added, and [] takes all away. What is as it
    was is not touched, so the same row again changes nothing.
    """
    for column, text in own.items():
        if record.own[column] != text and _is_newest(record, column, stamp):
            set_own(record, column, text)
    for name, value in properties.items():
        if not same(record.properties.get(name), value) and _is_newest(record, name, stamp):
            set_property(record, name, value)
    if tags:
        _add_tags(record, tags, {})
    elif tags is not None and record.tags:
        record.tags = []
        record.changed.add("tags")
    record.is_changed = bool(record.changed)


def fill_empty_names(record: Record, traits: Mapping[str, Any]) -> bool:
    """Take a name from a source that is not trusted, where none is known; say if one was taken."""
    said = read_own_fields(traits)
    names = {name: said[name] for name in NAMES if said.get(name) and not record.own[name]}
    for name, text in names.items():
        set_own(record, name, text)
    return bool(names)


def merge(one: Record, into: Record) -> None:
    """Give a customer what was known of the same person without an address; the newest counts."""
    for name in one.changed_at.keys() | one.properties.keys():
        if one.changed_at.get(name, "") < into.changed_at.get(name, ""):
            continue
        _copy(one, name, into)
        if name in one.changed_at:
            into.changed_at[name] = one.changed_at[name]
    _add_tags(into, one.tags, {})
    into.is_changed = True


def _copy(one: Record, name: str, into: Record) -> None:
    if name in into.own:
        set_own(into, name, one.own[name] or into.own[name])
    elif name in one.properties:
        set_property(into, name, one.properties[name])


def set_own(record: Record, column: str, text: str) -> None:
    if record.own[column] != text:
        record.own[column] = text
        record.changed.add(column)
        if column == "company_name":
            record.company_id = None  # until the company of that name is found


def set_property(record: Record, name: str, value: Any) -> None:
    if not same(record.properties.get(name), value):
        record.changed.add(name)
        if value is None:
            del record.properties[name]
        else:
            record.properties[name] = value


def _assign(
    record: Record, sent: Mapping[str, Any], types: Mapping[str, PropertyType], stamp: str
) -> dict[str, str]:
    problems: dict[str, str] = {}
    for name, said in sent.items():
        value = convert(said, types[name])
        if isinstance(value, Problem):
            problems[name] = value.message
        elif _is_newest(record, name, stamp):
            set_property(record, name, value)
    return problems


def _fill(record: Record, own: Mapping[str, str], stamp: str) -> None:
    for column, text in own.items():
        if _is_newest(record, column, stamp):
            set_own(record, column, text)


def _add_tags(record: Record, sent: object, problems: dict[str, str]) -> None:
    tags = dict.fromkeys([*record.tags, *read_tags(sent)])
    if len(tags) > MAX_TAGS:
        problems["tags"] = f"A customer has at most {MAX_TAGS:,} tags; the last ones were left out."
    kept = list(tags)[:MAX_TAGS]
    if len(kept) > len(record.tags):
        record.new_tags.update(kept[len(record.tags) :])
        record.changed.add("tags")
        record.tags = kept


def stamp_of(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def _is_newest(record: Record, name: str, stamp: str) -> bool:
    """Note that `stamp` sets `name`, unless something newer already has."""
    if record.changed_at.get(name, "") > stamp:
        return False
    record.changed_at[name] = stamp
    return True
