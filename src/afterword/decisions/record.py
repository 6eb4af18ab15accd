"""Write decisions into the log."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from afterword.core import bulk
from afterword.core.ids import new_id
from afterword.decisions.models import Decision
from afterword.decisions.reasons import Reason
from afterword.decisions.terms import Verdict
from afterword.occasions.occasion import Occasion

# One that waited is updated, not doubled.
_CONFLICT = """
    ON CONFLICT (campaign_id, occasion_id, occasion_kind, month) WHERE NOT reason = 'duplicate'
    DO UPDATE SET reason = excluded.reason, detail = excluded.detail,
        customer_id = excluded.customer_id, decided_at = excluded.decided_at
    WHERE decisions_decision.reason = 'waiting_for_address'
"""


@dataclass(frozen=True, slots=True)
class Decided:
    """A verdict, and what it is about."""

    occasion: Occasion
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
                "occasion_kind": one.occasion.kind,
                "occasion_id": one.occasion.id,
                "month": one.occasion.month,
                "event_id": one.occasion.event_id,
                "campaign_id": one.campaign_id,
                "customer_id": one.customer_id,
                "reason": one.verdict.reason,
                "detail": one.verdict.detail,
                "decided_at": now,
            }
            for one in decided
        ],
        _CONFLICT,
    )


def settled_decisions(
    campaign_ids: Collection[UUID], occasion_ids: Collection[UUID]
) -> set[tuple[UUID, UUID]]:
    """Return which campaign has decided which occasion for good, and waits for no address."""
    rows = Decision.objects.filter(campaign_id__in=campaign_ids, occasion_id__in=occasion_ids)
    final = rows.exclude(reason=Reason.WAITING_FOR_ADDRESS)
    return set(final.values_list("campaign_id", "occasion_id"))
