"""Take in what came to the mailbox of reports: what became of our mails, and what people reply."""

from collections.abc import Callable, Sequence
from datetime import datetime

from afterword.sending import outcomes
from afterword.sending.reports.delivery_reports import Incoming, reports_in

TakesReplies = Callable[[Sequence[Incoming], datetime], None]
_takes: list[TakesReplies] = []


def take_replies_by(takes: TakesReplies) -> None:
    """Let a later stage take the replies; it gets each mail at least once, reports among them."""
    _takes[:] = [takes]


def take_in(mails: Sequence[Incoming], now: datetime) -> None:
    outcomes.note(reports_in(mails, now), now)
    for takes in _takes:
        takes(mails, now)
