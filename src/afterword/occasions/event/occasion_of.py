"""The occasion that an event is."""

from afterword.events.take_up import Taken
from afterword.occasions.occasion import Kind, Occasion


def occasion_of(taken: Taken) -> Occasion:
    """The sample is drawn by the messageId, so that a retry draws the same."""
    return Occasion(
        kind=Kind.EVENT,
        id=taken.id,
        draw=taken.call.message_id,
        occurred_at=taken.call.occurred_at,
        received_at=taken.received_at,
        is_trusted=taken.met.is_trusted,
    )
