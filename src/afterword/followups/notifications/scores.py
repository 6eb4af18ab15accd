"""What a digest says of scores, which a later stage knows."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

# Takes a workspace, a campaign of it or None for all, and the beginning and end of some time;
# returns the score of each metric over that time, beside the time of equal length before, in words.
ScoresOf = Callable[[UUID, UUID | None, datetime, datetime], list[str]]

_source: ScoresOf = lambda _workspace, _campaign, _since, _until: []  # noqa: E731


def read_by(source: ScoresOf) -> None:
    """Let this say the scores."""
    global _source  # noqa: PLW0603  (one for each process, set when the stages are joined)
    _source = source


def scores_of(
    workspace_id: UUID, campaign_id: UUID | None, since: datetime, until: datetime
) -> list[str]:
    return _source(workspace_id, campaign_id, since, until)
