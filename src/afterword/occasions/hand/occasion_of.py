"""The occasion that a person makes who asks a customer by hand."""

from datetime import datetime
from uuid import UUID

from afterword.occasions.occasion import Kind, Occasion


def occasion_of(id_: UUID, now: datetime) -> Occasion:
    """`id_` is the form's own, so that a form that is sent twice asks once."""
    return Occasion(Kind.HAND, id_, draw=str(id_), occurred_at=now, received_at=now)
