"""Load the customers of a batch, and store them again, each with one query."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from afterword.core import bulk
from afterword.core.arrays import text_array
from afterword.core.ids import new_id
from afterword.customers import companies
from afterword.customers.changes import log_changes
from afterword.customers.models import Customer
from afterword.customers.record import OWN_COLUMNS, Record
from afterword.customers.tags import keep_tags
from afterword.workspaces.models import User

_decode = msgspec.json.Decoder(dict[str, Any]).decode
_UPDATED = (*OWN_COLUMNS, "properties", "changed_at", "tags", "company_id", "updated_at")
_CONFLICT = (
    "ON CONFLICT (workspace_id, email) DO UPDATE SET "
    + ", ".join(f"{column} = excluded.{column}" for column in _UPDATED)
    + " RETURNING email, id"
)


def load_locked(workspace_id: UUID, emails: Iterable[str], ids: Iterable[UUID]) -> list[Record]:
    """Return the customers with these addresses or keys, locked in the order of their keys."""
    with connection.cursor() as cursor:
        cursor.execute(_LOAD, [workspace_id, text_array(set(emails)), sorted(set(ids))])
        return [_record(row) for row in cursor]


# Plain rows and arrays: models and a thousand parameters cost several times as much.
_LOAD = f"""
    SELECT id, email, source, created_at, last_surveyed_at, properties, changed_at, tags,
           company_id,
           {", ".join(OWN_COLUMNS)}
    FROM customers_customer
    WHERE workspace_id = %s AND (email = ANY(%s::text[]) OR id = ANY(%s::uuid[]))
    ORDER BY id FOR NO KEY UPDATE
"""  # noqa: S608  (our own column names)
_LOOK = _LOAD.replace("ORDER BY id FOR NO KEY UPDATE", "")


def load(workspace_id: UUID, ids: Iterable[UUID | None]) -> list[Record]:
    """Return the customers with these keys, as they are: to look at them alone."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, [workspace_id, [], list(set(filter(None, ids)))])
        return [_record(row) for row in cursor]


def new_record(email: str | None, source: str, now: datetime) -> Record:
    return Record(new_id(), email, source, created_at=now, is_new=True)


def store(
    workspace_id: UUID,
    records: Iterable[Record],
    merged: Mapping[UUID, UUID],
    source: str | User,
    now: datetime,
) -> dict[UUID, Record]:
    """Insert or update the records that changed, and leave those that were merged empty.

    Someone may have added one of the new ones meanwhile: then the record takes the row's key.
    Returns these by the key that they had. `merged` is whose row, and who they turned out to be.
    `source` is the integration that says so, or whoever does it by hand.
    What stops mail is written with new ones only: `suppressions` changes it for the others.
    """
    changed = [record for record in records if record.is_changed or record.is_new]
    companies.place(workspace_id, changed, now)
    keep_tags(workspace_id, set().union(*(record.new_tags for record in changed)), now)
    new = {record.email: record for record in changed if record.is_new and record.email}
    rows = [_row(workspace_id, new[email], now) for email in sorted(new)]
    taken = {}
    for email, id_ in bulk.insert(Customer, rows, _CONFLICT):
        record = new[str(email)]
        if record.id != id_:
            taken[record.id], record.id = record, UUID(str(id_))
    unknown = [record for record in changed if record.is_new and not record.email]
    bulk.insert(Customer, [_row(workspace_id, record, now) for record in unknown])
    _empty(merged, now)
    bulk.update(
        Customer,
        [_row(workspace_id, record, now) for record in changed if not record.is_new],
        ("email", *_UPDATED),
    )
    log_changes(workspace_id, changed, source, now)
    return taken


def _empty(merged: Mapping[UUID, UUID], now: datetime) -> None:
    bulk.update(
        Customer,
        [
            {
                "id": id_,
                **dict.fromkeys(OWN_COLUMNS, ""),
                "properties": {},
                "changed_at": {},
                "tags": [],
                "company_id": None,
                "merged_into_id": into,
                "updated_at": now,
            }
            for id_, into in merged.items()
        ],
        (*_UPDATED, "merged_into_id"),
    )


def _record(row: tuple[Any, ...]) -> Record:
    id_, email, source, created_at, surveyed_at, properties, changed_at, tags, company_id, *own = (
        row
    )
    return Record(
        id=id_,
        email=email,
        source=source,
        created_at=created_at,
        own=dict(zip(OWN_COLUMNS, own, strict=True)),
        properties=_decode(properties),
        changed_at=_decode(changed_at),
        tags=tags,
        company_id=company_id,
        last_surveyed_at=surveyed_at,
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
        "company_id": record.company_id,
        **record.standing.columns,
        "source": record.source,
        "created_at": record.created_at,
        "updated_at": now,
    }
