"""GET /campaigns."""

from datetime import datetime
from uuid import UUID

from ninja import Router, Schema

from afterword.api.access import TokenRequest
from afterword.api.envelope import Success
from afterword.api.metrics import METRIC_TYPES
from afterword.campaigns.models import Campaign
from afterword.survey_templates.metrics import Metric

router = Router(tags=["Campaigns"])


class CampaignOut(Schema):
    id: UUID
    key: str
    name: str
    isActive: bool
    templateId: UUID | None
    metric: str
    type: str
    channel: str
    events: list[str]
    createdDate: datetime
    updatedDate: datetime


class Campaigns(Schema):
    campaigns: list[CampaignOut]


class CampaignList(Success[Campaigns], Campaigns):
    """The list is told twice: clients of the product we follow look for it at the top."""


@router.get("/campaigns", response=CampaignList)
def list_campaigns(request: TokenRequest) -> CampaignList:
    """List all campaigns, newest first."""
    rows = Campaign.objects.visible_to(request.auth).order_by("-created_at", "-id")
    campaigns = [campaign(row) for row in rows]
    return CampaignList(data=Campaigns(campaigns=campaigns), campaigns=campaigns)


def campaign(row: Campaign) -> CampaignOut:
    return CampaignOut(
        id=row.id,
        key=row.key,
        name=row.name,
        isActive=row.is_active,
        templateId=row.template_id,
        metric=METRIC_TYPES[Metric(row.metric)].lower(),
        type=row.type,
        channel=row.channel,
        events=row.events,
        createdDate=row.created_at,
        updatedDate=row.updated_at,
    )
