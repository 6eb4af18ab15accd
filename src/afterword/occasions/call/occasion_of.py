"""The occasion that a program makes which asks one customer by the API."""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from afterword.core.ids import new_id
from afterword.occasions.occasion import Kind, Occasion


def occasion_of(
    campaign_id: UUID, email: str, key: str, delay: timedelta | None, now: datetime
) -> Occasion:
    """A call with the same key, "" for none, is the same occasion for the same address."""
    id_ = uuid5(campaign_id, f"{key} {email}") if key else new_id()
    return Occasion(Kind.CALL, id_, draw=str(id_), occurred_at=now, received_at=now, delay=delay)
