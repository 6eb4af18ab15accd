"""The log of what changed about customers, whoever changed it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from afterword.core import bulk
from afterword.customers.models import Change
from afterword.customers.record import Record


def log_changes(
    workspace_id: UUID, records: Collection[Record], source: str, now: datetime
) -> None:
    """Note which fields of known customers have another value now; one query, none for nothing."""
    bulk.insert(
        Change,
        [
            {
                "customer_id": record.id,
                "workspace_id": workspace_id,
                "at": now,
                "fields": sorted(record.changed),
                "source": source,
            }
            for record in records
            if record.changed and not record.is_new
        ],
    )
