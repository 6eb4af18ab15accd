"""The log of what changed about customers, whoever changed it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from afterword.core import bulk
from afterword.customers.models import Change, Customer
from afterword.customers.record import Record
from afterword.workspaces.models import Member, User


def log_changes(
    workspace_id: UUID,
    records: Collection[Record],
    source: str | User,
    now: datetime,
) -> None:
    """Note which fields of known customers have another value now; one query, none for nothing.

    `source` is the integration that said so, or whoever did it by hand.
    """
    bulk.insert(
        Change,
        [
            {
                "customer_id": record.id,
                "workspace_id": workspace_id,
                "at": now,
                "fields": sorted(record.changed),
                "source": "" if isinstance(source, User) else source,
                "by_id": source.id if isinstance(source, User) else None,
            }
            for record in records
            if record.changed and not record.is_new
        ],
    )


def log_change(customer: Customer, fields: Collection[str], member: Member, now: datetime) -> None:
    """Note that a member changed something that is no part of a record."""
    Change.objects.create(
        customer=customer,
        workspace_id=customer.workspace_id,
        at=now,
        fields=sorted(fields),
        by=member.user,
    )
