"""Events on record, with their customers as they are now: what was then is not kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from afterword.audience.fields import event_key, event_property, field_key
from afterword.audience.later_fields import later_fields, read_later
from afterword.audience.match import Audience
from afterword.customers.record import Record
from afterword.customers.upsert import load
from afterword.decisions.terms import Person
from afterword.occasions.occasion import Kind, Occasion
from afterword.suppressions.suppress import look_up_standings

_decode = msgspec.json.Decoder(dict[str, Any]).decode
Place = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class Logged:
    """An event as it was logged; its properties are as they were sent."""

    id: UUID
    message_id: str
    email: str
    user_id: str
    anonymous_id: str
    customer_id: UUID | None
    is_trusted: bool
    occurred_at: datetime
    received_at: datetime
    properties: Mapping[str, Any]

    @property
    def place(self) -> Place:
        return self.received_at, self.id

    @property
    def occasion(self) -> Occasion:
        return Occasion(
            Kind.EVENT,
            self.id,
            self.message_id,
            self.occurred_at,
            self.received_at,
            self.is_trusted,
        )


@dataclass(frozen=True, slots=True)
class Met:
    """An event, whom it was about, and what an audience may look at."""

    event: Logged
    customer: Record | None
    fields: dict[str, object]

    @property
    def person(self) -> Person:
        email = self.customer.email if self.customer else self.event.email or None
        return Person(email, None, self.event.user_id, self.event.anonymous_id)

    @property
    def is_known(self) -> bool:
        """Whether the customer was there before the event."""
        return bool(self.customer and self.customer.created_at < self.event.received_at)


def oldest_after(
    workspace_id: UUID, names: Sequence[str], after: Place, until: datetime, limit: int
) -> list[Logged]:
    return _events(_OLDEST, [workspace_id, *after, until, list(names), limit])


def newest_before(
    workspace_id: UUID, names: Sequence[str], since: datetime, before: Place, limit: int
) -> list[Logged]:
    return _events(_NEWEST, [workspace_id, since, *before, list(names), limit])


def meet(workspace_id: UUID, events: Sequence[Logged], audience: Audience) -> list[Met]:
    """Return the events with their customers; a fixed number of queries, whatever their number."""
    records = {one.id: one for one in load(workspace_id, {e.customer_id for e in events})}
    look_up_standings(workspace_id, records.values())
    asked = {each.field for each in audience.each_filter()}
    later = read_later(asked & later_fields().keys(), records)
    names = [name for name in map(event_property, asked) if name]
    found = []
    for event in events:
        customer = records.get(event.customer_id) if event.customer_id else None
        seen: dict[str, object] = {event_key(n): event.properties.get(n) for n in names}
        if customer:
            known = {field_key(name): value for name, value in customer.properties.items()}
            later_ones = later.get(customer.id, {})
            seen = {**known, **seen, **customer.built_in_fields(), **later_ones}
        found.append(Met(event, customer, seen))
    return found


def first_on_record(workspace_id: UUID) -> datetime | None:
    """Return since when the workspace's events are kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT received_at FROM events_event WHERE workspace_id = %s "
            "ORDER BY received_at, id LIMIT 1",
            [workspace_id],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _events(query: str, params: Sequence[Any]) -> list[Logged]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return [_logged(row) for row in cursor]


def _logged(row: tuple[Any, ...]) -> Logged:
    found: dict[str, Any] = dict(zip(_FIELDS, row, strict=True))
    return Logged(**found | {"properties": _decode(found["properties"])})


_FIELDS = tuple(each.name for each in fields(Logged))
_COLUMNS = f"SELECT {', '.join(_FIELDS)} FROM events_event WHERE workspace_id = %s"  # noqa: S608
_OLDEST = f"""
    {_COLUMNS} AND (received_at, id) > (%s, %s) AND received_at < %s AND name = ANY(%s)
    ORDER BY received_at, id LIMIT %s
"""
_NEWEST = f"""
    {_COLUMNS} AND received_at >= %s AND (received_at, id) < (%s, %s) AND name = ANY(%s)
    ORDER BY received_at DESC, id DESC LIMIT %s
"""
