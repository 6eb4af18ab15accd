"""Whether a stream is paused: there is a live brake that says so, of its own or of all that its
workspace sends."""

from typing import LiteralString
from uuid import UUID

from django.db.models import OuterRef, Q

from afterword.sending.models import Brake, BrakeLevel
from afterword.workspaces.models import WorkspaceRows

# Whether `mail`'s stream is paused: as part of another statement.
IS_PAUSED: LiteralString = """EXISTS (
    SELECT FROM surveys_brake AS brake
    WHERE brake.workspace_id = mail.workspace_id AND brake.resumed_at IS NULL
      AND brake.level = 'paused' AND coalesce(brake.stream_id, mail.stream_id) = mail.stream_id
)"""


def pausing(workspace_id: UUID | OuterRef, stream_id: UUID | OuterRef) -> WorkspaceRows[Brake]:
    """Return the live brakes that pause a stream."""
    live = Brake.objects.filter(resumed_at=None, level=BrakeLevel.PAUSED)
    about = Q(stream_id=stream_id) | Q(stream_id=None)
    return live.filter(about, Q(workspace_id=workspace_id))
