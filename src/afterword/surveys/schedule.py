"""Schedule a survey for each decision that says so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from afterword.campaigns.models import Campaign
from afterword.core import bulk
from afterword.core.ids import new_link_token
from afterword.occasions.occasion import Kind, Occasion
from afterword.surveys.models import SentBy, State, Survey


@dataclass(frozen=True, slots=True)
class Asking:
    """One survey to be: `id` is chosen by the caller, whose decision names it."""

    id: UUID
    campaign: Campaign
    customer_id: UUID
    email: str
    occasion: Occasion
    due_at: datetime


def schedule(workspace_id: UUID, askings: Iterable[Asking], now: datetime) -> None:
    bulk.insert(
        Survey,
        [
            {
                "id": asking.id,
                "workspace_id": workspace_id,
                "campaign_id": asking.campaign.id,
                "template_id": asking.campaign.template_id,
                "customer_id": asking.customer_id,
                "occasion_kind": asking.occasion.kind,
                "occasion_id": asking.occasion.id,
                "event_id": asking.occasion.id if asking.occasion.kind == Kind.EVENT else None,
                "email": asking.email,
                "metric": asking.campaign.metric,
                "sent_by": SentBy.CAMPAIGN,
                "answer_token": new_link_token(),
                "unsubscribe_token": new_link_token(),
                "created_at": now,
                "state": State.QUEUED,
                "due_at": asking.due_at,
                "attempt": 0,
                "handed_over": 0,
                "refusals": 0,
                "subject": "",
                "server_reply": "",
                "reason": "",
                "detail": {},
            }
            for asking in askings
        ],
    )
