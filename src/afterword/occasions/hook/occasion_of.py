"""The occasion that a call of an inbound webhook is."""

from afterword.events.take_up import Taken
from afterword.occasions.occasion import Kind, Occasion


def occasion_of(taken: Taken) -> Occasion:
    """The sample is drawn by the message's id, so that a retry draws the same."""
    return Occasion(
        kind=Kind.HOOK,
        id=taken.id,
        draw=taken.call.message_id,
        occurred_at=taken.call.occurred_at,
        received_at=taken.received_at,
    )
