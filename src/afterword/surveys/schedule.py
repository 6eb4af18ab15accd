"""Schedule a survey for each decision that says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from afterword.campaigns.channels.in_app.placement import read_placement
from afterword.campaigns.models import Campaign
from afterword.core import bulk
from afterword.occasions.occasion import Occasion
from afterword.surveys.invite import Invited, invite
from afterword.surveys.models import Survey, SurveyFacts


@dataclass(frozen=True, slots=True)
class Asking:
    """One survey to be: `id` is chosen by the caller, whose decision names it."""

    id: UUID
    campaign: Campaign
    customer_id: UUID | None
    email: str
    occasion: Occasion
    due_at: datetime
    facts: Mapping[str, object]  # what is known of the customer; see `customers.snapshot`


def schedule(workspace_id: UUID, askings: Sequence[Asking], now: datetime) -> None:
    """Insert the surveys with their first invitations and mails; four queries."""
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
                "event_id": asking.occasion.event_id,
                "email": asking.email,
                "metric": asking.campaign.metric,
                "channel": asking.campaign.channel,
                "created_at": now,
            }
            for asking in askings
        ],
    )
    rows = [{"survey_id": asking.id, "facts": asking.facts} for asking in askings]
    bulk.insert(SurveyFacts, rows)
    invite([_invited(workspace_id, asking) for asking in askings], now)


def _invited(workspace_id: UUID, asking: Asking) -> Invited:
    campaign = asking.campaign
    placement = read_placement(campaign.in_app) if campaign.is_in_app else None
    return Invited(
        asking.id,
        asking.id,
        workspace_id,
        campaign.id,
        campaign.template_id,
        asking.customer_id,
        asking.email,
        asking.due_at,
        channel=campaign.channel,
        expires_at=asking.due_at + placement.life if placement else None,
    )
