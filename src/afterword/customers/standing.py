"""What stops mail to one address now, gathered from its suppressions. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Standing(NamedTuple):
    """Each instant is when it came about; None where nothing of the kind is live."""

    unsubscribed_at: datetime | None = None
    hard_bounced_at: datetime | None = None
    undeliverable_at: datetime | None = None
    suppressed_at: datetime | None = None
    # Unsubscribed from these campaigns only.
    campaigns: Mapping[UUID, datetime] = {}
    # Of what suppresses, for the decision's detail.
    pattern: str = ""
    note: str = ""

    @property
    def columns(self) -> dict[str, datetime | None]:
        """Return the customer's own columns."""
        return {name: getattr(self, name) for name in COLUMNS}


COLUMNS = ("unsubscribed_at", "hard_bounced_at", "undeliverable_at", "suppressed_at")
FREE = Standing()
