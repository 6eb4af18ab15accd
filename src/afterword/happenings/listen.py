"""Listen for a kind of happening: from then on it is noted, where nobody listened before.

It is noted of what begins after the commit of `listen`.
"""

from uuid import UUID

from afterword.happenings.models import HappeningKind, Listening


def listen(workspace_id: UUID, kind: HappeningKind, by: str) -> None:
    """Listen on behalf of `by`; a second time changes nothing."""
    listening = Listening(workspace_id=workspace_id, kind=kind, by=by)
    Listening.objects.bulk_create([listening], ignore_conflicts=True)


def stop_listening(workspace_id: UUID, kind: HappeningKind, by: str) -> None:
    """What others listen for is noted all the same."""
    Listening.objects.filter(workspace_id=workspace_id, kind=kind, by=by).delete()
