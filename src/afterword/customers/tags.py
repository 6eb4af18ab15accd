"""Tags of a workspace: known once a customer has one."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from afterword.core import bulk
from afterword.customers.models import Tag


def keep_tags(workspace_id: UUID, names: Collection[str], now: datetime) -> None:
    """Make the tags that are not there yet; one query, none for nothing."""
    rows = [
        {"workspace_id": workspace_id, "name": name, "created_at": now} for name in sorted(names)
    ]
    bulk.insert(Tag, rows, "ON CONFLICT (workspace_id, name) DO NOTHING")
