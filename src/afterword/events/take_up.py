"""Take accepted calls out of the inbox, in the order of their receipt, each once."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from afterword.core import bulk
from afterword.core.ids import new_id
from afterword.customers.identities import keys
from afterword.customers.meet import Met, Said, Verb
from afterword.events.masking import masked
from afterword.events.models import MAX_EXCERPT, Event, InboxItem, Rejection
from afterword.events.sources.segment.payload import Call, read_call

_VERBS = {
    "track": Verb.TRACK,
    "page": Verb.TRACK,
    "screen": Verb.TRACK,
    "identify": Verb.IDENTIFY,
    "alias": Verb.ALIAS,
}


@dataclass(slots=True)
class Taken:
    """A call on its way through the flow."""

    call: Call
    token_id: UUID | None
    is_trusted: bool
    received_at: datetime
    # As the inbox held it.
    body: str
    envelope: str
    id: UUID = field(default_factory=new_id)
    # The event that came first with the same messageId.
    first: UUID | None = None
    # Until when it has been waiting for an address; None where it comes from the inbox.
    waits_until: datetime | None = None
    met: Met = field(default_factory=Met)

    def is_overdue(self, now: datetime) -> bool:
        return self.waits_until is not None and self.waits_until <= now

    def said(self) -> Said:
        """Return what the call says of a person; a retry says nothing new."""
        call = self.call
        verb = Verb.LOOK if self.first else _VERBS.get(call.type, Verb.LOOK)
        return Said(
            verb=verb,
            ids=keys(call.user_id, call.anonymous_id),
            at=call.occurred_at,
            is_trusted=self.is_trusted,
            addresses=call.email_candidates,
            properties=call.properties,
            traits=call.traits,
            previous=keys(call.previous_id, call.previous_id),
            # A page's properties are about the page, and a hook carries what its service knows.
            unassigns=call.type == "track" and call.hook is None,
        )


def lock_inbox(workspace_id: UUID) -> bool:
    """Take the right to work on a workspace's inbox until the transaction ends.

    One worker at a time, so that a customer's events are applied in the order of receipt.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended('inbox' || %s, 0))",
            [str(workspace_id)],
        )
        return bool(cursor.fetchone()[0])


def hold_inbox(workspace_id: UUID) -> None:
    """Wait for that right, and hold off whoever takes events up until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('inbox' || %s, 0))", [str(workspace_id)]
        )


def oldest(workspace_id: UUID, limit: int) -> tuple[list[int], list[Taken]]:
    """Return the keys of the oldest inbox items and the calls in them."""
    items = list(InboxItem.objects.filter(workspace_id=workspace_id).order_by("id")[:limit])
    taken = [
        Taken(
            read_call(item.body, item.envelope, item.received_at),
            item.token_id,
            item.is_trusted,
            item.received_at,
            item.body,
            item.envelope,
        )
        for item in items
    ]
    return [item.id for item in items], taken


def mark_duplicates(workspace_id: UUID, tracks: Sequence[Taken]) -> None:
    """Find each call's first arrival, in the log or earlier in the batch.

    Safe as a plain look-up, since only one worker at a time takes up a workspace's events; the
    log's unique constraint stands behind it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, [workspace_id, list({t.call.message_id for t in tracks})])
        first = dict(cursor.fetchall())
    for taken in tracks:
        taken.first = first.get(taken.call.message_id)
        if not taken.first:
            first[taken.call.message_id] = taken.id


# One array instead of a thousand parameters: a tenth of the time to put the query together.
_FIRST = """
    SELECT message_id, id FROM events_event
    WHERE workspace_id = %s AND message_id = ANY(%s)
"""


def log(workspace_id: UUID, tracks: Iterable[Taken]) -> None:
    """Write the events into the log, and count those that came before on the first of them."""
    bulk.insert(Event, [_row(workspace_id, taken) for taken in tracks if not taken.first])
    if retries := Counter(taken.first for taken in tracks if taken.first):
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [list(retries), list(retries.values())])


_COUNT = """
    UPDATE events_event AS event SET retries = retries + came.times
    FROM unnest(%s::uuid[], %s::int[]) AS came(id, times) WHERE event.id = came.id
"""


def note_addresses(calls: Iterable[Taken]) -> None:
    """Write into the log whom events turned out to be about."""
    bulk.update(
        Event,
        [{"id": taken.id, **_person(taken)} for taken in calls],
        ("email", "customer_id", "problems"),
    )


def is_waiting(workspace_id: UUID) -> bool:
    return InboxItem.objects.filter(workspace_id=workspace_id).exists()


def waiting_workspaces() -> list[UUID]:
    """Return the workspaces with something to take up; costs two index look-ups for each."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        return [workspace_id for (workspace_id,) in cursor]


_WAITING = """
    SELECT id FROM workspaces_workspace AS workspace
    WHERE EXISTS (SELECT FROM events_inboxitem AS item WHERE item.workspace_id = workspace.id)
    UNION
    SELECT id FROM workspaces_workspace AS workspace
    WHERE EXISTS (SELECT FROM events_waitingcall AS call
                  WHERE call.workspace_id = workspace.id AND call.until <= now())
"""


@transaction.atomic
def set_aside_oldest(workspace_id: UUID, problem: str) -> None:
    """Make a rejection of the oldest inbox item, which cannot be processed."""
    if not lock_inbox(workspace_id):
        return
    item = InboxItem.objects.filter(workspace_id=workspace_id).order_by("id").first()
    if item:
        Rejection.objects.create(
            workspace_id=workspace_id,
            token_id=item.token_id,
            received_at=item.received_at,
            code="not_storable",
            message=f"The database refused this event: {problem}"[:500],
            excerpt=masked(item.body)[:MAX_EXCERPT],
        )
        item.delete()


def remove(item_ids: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM events_inboxitem WHERE id = ANY(%s)", [list(item_ids)])


def _row(workspace_id: UUID, taken: Taken) -> dict[str, Any]:
    call = taken.call
    return {
        "id": taken.id,
        "workspace_id": workspace_id,
        "message_id": call.message_id,
        "name": call.names[0],
        "month": taken.received_at.date().replace(day=1),
        "user_id": call.user_id,
        "anonymous_id": call.anonymous_id,
        **_person(taken),
        "token_id": taken.token_id,
        "is_trusted": taken.is_trusted,
        "occurred_at": call.occurred_at,
        "received_at": taken.received_at,
        "properties": call.properties,
    }


def _person(taken: Taken) -> dict[str, Any]:
    met = taken.met
    return {
        "email": met.email or "",
        "customer_id": met.record.id if met.record else None,
        "problems": [
            {"property": name, "problem": problem} for name, problem in met.problems.items()
        ],
    }
