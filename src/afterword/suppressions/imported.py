"""Keep what a file of customers says of who gets no mail: opting out elsewhere holds here too."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from afterword.suppressions.models import SuppressionReason
from afterword.suppressions.suppress import Stop, suppress_all
from afterword.workspaces.models import User

HOW = "import"


def stop_imported(
    workspace_id: UUID, said: Mapping[str, Mapping[str, str]], by: User | None, now: datetime
) -> int:
    """Stop mail to addresses, each for its reasons with the file's words; return to how many.

    Those that were stopped for the same reason already are not counted.
    """
    stops = [
        Stop(workspace_id, email, SuppressionReason(reason), HOW, note=words, by=by)
        for email, reasons in said.items()
        for reason, words in reasons.items()
    ]
    return len({stop.pattern for stop in suppress_all(stops, now)})
