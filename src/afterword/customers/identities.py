"""What is known of the ids that applications use: whose they are, and what browsers claim.

Trusted sources say which customer an id stands for. What a browser says of an id is a claim: an
address in writing, kept apart, since anyone can send it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from afterword.core import bulk
from afterword.customers.models import Identity, IdKind
from afterword.customers.record import Record

_CONFLICT = (
    "ON CONFLICT (workspace_id, kind, external_id, is_trusted) DO UPDATE "
    "SET customer_id = excluded.customer_id, email = excluded.email, said_at = excluded.said_at"
)


class Key(NamedTuple):
    """An id as a call carries it."""

    kind: IdKind
    external_id: str


def keys(user_id: str, anonymous_id: str) -> tuple[Key, ...]:
    """Return the ids that a call carries, the stronger first."""
    found = ((IdKind.USER, user_id), (IdKind.ANONYMOUS, anonymous_id))
    return tuple(Key(kind, external_id) for kind, external_id in found if external_id)


@dataclass(slots=True)
class Identities:
    """What is known of a batch's ids; it changes with each call and is stored once."""

    leads: dict[Key, tuple[UUID, datetime]] = field(default_factory=dict)
    claims: dict[Key, tuple[str, datetime]] = field(default_factory=dict)
    led: set[Key] = field(default_factory=set)
    claimed: set[Key] = field(default_factory=set)

    def lead(self, ids: Iterable[Key], record: Record, said_at: datetime) -> None:
        """Let these ids stand for a customer, unless something newer was said of them."""
        for key in ids:
            known = self.leads.get(key)
            if known is None or (known[0] != record.id and known[1] <= said_at):
                self.leads[key] = (record.id, said_at)
                self.led.add(key)

    def redirect(self, moved: Mapping[UUID, Record]) -> None:
        """Let what led to customers that turned out to be others lead to these."""
        if not moved:
            return
        for key, (customer_id, said_at) in self.leads.items():
            if record := moved.get(customer_id):
                self.leads[key] = (record.id, said_at)
                self.led.add(key)

    def claim(self, ids: Iterable[Key], email: str, said_at: datetime) -> None:
        """Note what a browser says, unless it said something newer before."""
        for key in ids:
            known = self.claims.get(key)
            if known is None or known[1] <= said_at:
                self.claims[key] = (email, said_at)
                self.claimed.add(key)

    def claimed_address(self, ids: Iterable[Key]) -> str | None:
        return next((self.claims[key][0] for key in ids if key in self.claims), None)


def load(workspace_id: UUID, external_ids: Iterable[str]) -> Identities:
    """Read what is known of these ids with one query."""
    found = Identities()
    with connection.cursor() as cursor:
        cursor.execute(_LOAD, [workspace_id, sorted(set(external_ids))])
        for kind, external_id, is_trusted, customer_id, email, said_at in cursor:
            key = Key(IdKind(kind), external_id)
            if not is_trusted:
                found.claims[key] = (email, said_at)
            elif customer_id:
                found.leads[key] = (customer_id, said_at)
    return found


_LOAD = """
    SELECT kind, external_id, is_trusted, customer_id, email, said_at
    FROM customers_identity WHERE workspace_id = %s AND external_id = ANY(%s::text[])
"""


def store(workspace_id: UUID, found: Identities, merged: Mapping[UUID, UUID]) -> None:
    """Write what changed; ids that led to a merged customer and were not loaded follow too."""
    _redirect(merged)
    leads = [
        _row(workspace_id, key, True, found.leads[key][1], customer_id=found.leads[key][0])
        for key in sorted(found.led)
    ]
    claims = [
        _row(workspace_id, key, False, found.claims[key][1], email=found.claims[key][0])
        for key in sorted(found.claimed)
    ]
    bulk.insert(Identity, leads + claims, _CONFLICT)


def _row(
    workspace_id: UUID,
    key: Key,
    is_trusted: bool,
    said_at: datetime,
    *,
    customer_id: UUID | None = None,
    email: str = "",
) -> dict[str, object]:
    return {
        "workspace_id": workspace_id,
        **key._asdict(),
        "is_trusted": is_trusted,
        "customer_id": customer_id,
        "email": email,
        "said_at": said_at,
    }


def _redirect(merged: Mapping[UUID, UUID]) -> None:
    if merged:
        with connection.cursor() as cursor:
            cursor.execute(_REDIRECT, [list(merged), list(merged.values())])


_REDIRECT = """
    UPDATE customers_identity AS identity SET customer_id = merged.into_id
    FROM unnest(%s::uuid[], %s::uuid[]) AS merged(id, into_id)
    WHERE identity.customer_id = merged.id
"""
