"""Write decisions into the log."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from afterword.core import bulk
from afterword.core.ids import new_id
from afterword.decisions.decide import Verdict
from afterword.decisions.models import Decision


@dataclass(frozen=True, slots=True)
class Decided:
    """A verdict, and what it is about."""

    event_id: UUID
    campaign_id: UUID
    customer_id: UUID | None
    verdict: Verdict


def record(workspace_id: UUID, decided: Iterable[Decided], now: datetime) -> None:
    bulk.insert(
        Decision,
        [
            {
                "id": new_id(),
                "workspace_id": workspace_id,
                "event_id": one.event_id,
                "campaign_id": one.campaign_id,
                "customer_id": one.customer_id,
                "reason": one.verdict.reason,
                "detail": one.verdict.detail,
                "decided_at": now,
            }
            for one in decided
        ],
    )
