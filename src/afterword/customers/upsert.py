"""Load the customers of a batch, and store them again, each with one query."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from afterword.core import bulk
from afterword.core.ids import new_id
from afterword.customers.models import Customer
from afterword.customers.record import OWN_COLUMNS, Record

_UPDATED = (*OWN_COLUMNS, "properties", "changed_at", "tags", "updated_at")
_CONFLICT = (
    "ON CONFLICT (workspace_id, email) DO UPDATE SET "
    + ", ".join(f"{column} = excluded.{column}" for column in _UPDATED)
    + " RETURNING email, id"
)


def load_locked(workspace_id: UUID, emails: Iterable[str]) -> dict[str, Record]:
    """Return the known customers by address, locked in the order of their keys."""
    customers = (
        Customer.objects.filter(workspace_id=workspace_id, email__in=sorted(set(emails)))
        .order_by("id")
        .select_for_update(no_key=True)
    )
    return {customer.email: _record(customer) for customer in customers}


def new_record(email: str, source: str, now: datetime) -> Record:
    return Record(new_id(), email, source, created_at=now, is_new=True)


def store(workspace_id: UUID, records: Iterable[Record], now: datetime) -> None:
    """Insert or update the records that changed.

    Someone may have added one of the new ones meanwhile: then the record takes the row's key.
    What stops mail is written with new ones only: `suppressions` changes it for the others.
    """
    changed = {record.email: record for record in records if record.is_changed}
    rows = [_row(workspace_id, changed[email], now) for email in sorted(changed)]
    for email, id_ in bulk.insert(Customer, rows, _CONFLICT):
        changed[str(email)].id = UUID(str(id_))


def _record(customer: Customer) -> Record:
    return Record(
        id=customer.id,
        email=customer.email,
        source=customer.source,
        created_at=customer.created_at,
        own={column: getattr(customer, column) for column in OWN_COLUMNS},
        properties=customer.properties,
        changed_at=customer.changed_at,
        tags=customer.tags,
        last_surveyed_at=customer.last_surveyed_at,
    )


def _row(workspace_id: UUID, record: Record, now: datetime) -> dict[str, object]:
    return {
        "id": record.id,
        "workspace_id": workspace_id,
        "email": record.email,
        **record.own,
        "properties": record.properties,
        "changed_at": record.changed_at,
        "tags": record.tags,
        **record.standing.columns,
        "source": record.source,
        "created_at": record.created_at,
        "updated_at": now,
    }
