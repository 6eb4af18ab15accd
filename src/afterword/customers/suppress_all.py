"""Stop mail to many addresses at once, with a number of queries that does not depend on how many.

As `suppressions.suppress` does it for one.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction

from afterword.core import bulk
from afterword.core.ids import new_id
from afterword.core.text import clean_text
from afterword.customers.models import Customer, Suppression, SuppressionReason
from afterword.customers.suppressions import COLUMN_OF


class Stop(NamedTuple):
    """Why an address, spelt as customers' are, gets no more mail of the workspace's campaigns."""

    workspace_id: UUID
    email: str
    reason: SuppressionReason
    how: str
    note: str
    survey_id: UUID | None = None


@transaction.atomic
def suppress_all(stops: Collection[Stop], now: datetime) -> int:
    """Return how many were not stopped for that reason already; the first of equals counts.

    The customers are locked in the order of their keys.
    """
    if not stops:
        return 0
    customers = _locked({(stop.workspace_id, stop.email) for stop in stops})
    # In one order, so that two callers with the same addresses don't wait for each other.
    ordered = sorted(stops, key=lambda stop: (stop.workspace_id, stop.email, stop.reason))
    fresh = bulk.insert(Suppression, [_row(stop, now) for stop in ordered], _ONCE)
    stopped: dict[str, set[UUID]] = defaultdict(set)
    for workspace_id, email, reason in fresh:
        if customer_id := customers.get((workspace_id, email)):
            stopped[COLUMN_OF[SuppressionReason(str(reason))]].add(customer_id)
    for column, ids in stopped.items():
        Customer.objects.filter(id__in=ids, **{column: None}).update(
            **{column: now}, updated_at=now
        )
    return len(fresh)


_ONCE = """
    ON CONFLICT (workspace_id, pattern, reason, campaign_id) WHERE ended_at IS NULL
    DO NOTHING RETURNING workspace_id, pattern, reason
"""


def _row(stop: Stop, now: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "workspace_id": stop.workspace_id,
        "pattern": stop.email,
        "reason": stop.reason,
        "at": now,
        "how": stop.how,
        "note": clean_text(stop.note),
        "category": "",
        "survey_id": stop.survey_id,
        "ended_how": "",
        "ended_note": "",
    }


def _locked(addresses: Collection[tuple[UUID, str]]) -> dict[tuple[object, object], UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [list(column) for column in zip(*addresses, strict=True)])
        return {(workspace_id, email): id_ for id_, workspace_id, email in cursor}


_LOCK = """
    SELECT id, workspace_id, email FROM customers_customer
    WHERE (workspace_id, email) IN (SELECT * FROM unnest(%s::uuid[], %s::text[]))
    ORDER BY id FOR NO KEY UPDATE
"""
