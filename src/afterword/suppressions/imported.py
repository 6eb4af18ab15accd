"""Keep what a file of customers says of who gets no mail: opting out elsewhere holds here too."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from afterword.customers.standing import FREE
from afterword.suppressions.models import SuppressionReason
from afterword.suppressions.suppress import COLUMN_OF, Stop, standings, suppress_all
from afterword.workspaces.models import User

HOW = "import"


def stop_imported(
    workspace_id: UUID, said: Mapping[str, Mapping[str, str]], by: User | None, now: datetime
) -> int:
    """Stop mail to addresses, each for its reasons with the file's words; return to how many.

    What stops an address already is not said again: a file of ours names in one word who is
    suppressed with a whole domain, and who unsubscribed by a complaint.
    """
    now_stopped = standings([(workspace_id, email) for email in said])
    stops = [
        Stop(workspace_id, email, SuppressionReason(reason), HOW, note=words, by=by)
        for email, reasons in said.items()
        for reason, words in reasons.items()
        if not getattr(
            now_stopped.get((workspace_id, email), FREE), COLUMN_OF[SuppressionReason(reason)]
        )
    ]
    return len({stop.pattern for stop in suppress_all(stops, now)})
