"""All that is known to have happened with a customer, in one order, the newest first."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import QuerySet

from afterword.customers.models import Customer
from afterword.suppressions.stops import ShownStop, stops_about
from afterword.surveys.models import Invitation
from afterword.surveys.outbox.apart import mails_apart

SHOWN = 50
_COUNT = re.compile(r"\d{1,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """`kind` says what `row` is; see `profiles/entry.html`."""

    at: datetime
    kind: str
    icon: str
    row: Any

    @property
    def icon_file(self) -> str:
        return f"icons/{self.icon}.svg"

    @property
    def order(self) -> tuple[datetime, str, Any]:
        """What decides between entries of one instant is always the same."""
        row = self.row.suppression if isinstance(self.row, ShownStop) else self.row
        return self.at, self.kind, row.pk


class Cursor(NamedTuple):
    """Where a page ended: the instant of its last entry, and how many of that were shown."""

    at: datetime
    shown: int

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        moment, _, shown = text.partition("_")
        try:
            at = datetime.fromisoformat(moment)
        except ValueError:
            return None
        return cls(at, int(shown)) if at.tzinfo and _COUNT.fullmatch(shown) else None

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.shown}"


@dataclass(frozen=True, slots=True)
class Timeline:
    entries: list[Entry]
    before: str = ""  # the cursor of what is older; empty at the end


def timeline_of(customer: Customer, before: str = "", size: int = SHOWN) -> Timeline:
    """Return what came before an earlier page's cursor, or the newest; junk is no cursor.

    Of each kind only as many rows are read as a page shows, however many there are.
    """
    cursor = Cursor.read(before)
    skipped = cursor.shown if cursor else 0
    entries = _entries(customer, cursor.at if cursor else None, skipped + size + 1)
    found = sorted(entries, key=lambda one: one.order, reverse=True)[skipped:]
    shown = found[:size]
    if len(found) <= size:
        return Timeline(shown)
    last = shown[-1].at
    of_the_last = sum(one.at == last for one in shown)
    if cursor and cursor.at == last:
        of_the_last += skipped
    return Timeline(shown, str(Cursor(last, of_the_last)))


class _Source(NamedTuple):
    """Rows of one kind, and the column that says when each was."""

    kind: str
    icon: str
    rows: QuerySet[Any]
    column: str

    def newest(self, before: datetime | None, size: int) -> Iterator[Entry]:
        rows = self.rows.filter(**{f"{self.column}__lte": before}) if before else self.rows
        for row in rows.order_by(f"-{self.column}", "-pk")[:size]:
            at = attrgetter(self.column.replace("__", "."))(row)
            yield Entry(at, self.kind, self.icon, row)


def _entries(customer: Customer, before: datetime | None, size: int) -> Iterator[Entry]:
    for source in _sources(customer):
        yield from source.newest(before, size)
    others = [*_stops(customer), Entry(customer.created_at, "added", "user", customer)]
    yield from (one for one in others if before is None or one.at <= before)


def _sources(customer: Customer) -> list[_Source]:
    mails = Invitation.objects.filter(survey__customer=customer, mail__sent_at__isnull=False)
    mails = mails.select_related("mail", "template", "survey__campaign", "reminder")
    told = mails_apart(customer).filter(customer=customer, sent_at__isnull=False)
    decisions = customer.decisions.select_related("campaign", "event")
    answers = customer.responses.select_related("campaign")
    return [
        _Source("event", "bolt", customer.events.all(), "received_at"),
        _Source("decision", "gauge", decisions, "decided_at"),
        _Source("mail", "send", mails, "mail__sent_at"),
        _Source("autoresponse", "mail", told, "sent_at"),
        _Source("reply", "mail-opened", customer.replies.all(), "received_at"),
        _Source("answer", "message", answers, "created_at"),
        _Source("change", "pencil", customer.changes.select_related("by"), "at"),
    ]


def _stops(customer: Customer) -> Iterator[Entry]:
    for stop in stops_about(customer) if customer.email else ():
        yield Entry(stop.suppression.at, "stop", "circle-off", stop)
        if stop.suppression.ended_at:
            yield Entry(stop.suppression.ended_at, "stop-ended", "circle-check", stop)
