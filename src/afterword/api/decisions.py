"""GET /decisions: why someone was, or was not, asked."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Query, Router, Schema

from afterword.api.access import TokenRequest
from afterword.api.detail import camel_keys
from afterword.api.envelope import Pages, Success
from afterword.api.finding import refuse_attributes
from afterword.api.paging import page_of
from afterword.api.parameters import Address, Id, Paging, Text
from afterword.decisions.models import Decision
from afterword.decisions.reasons import Reason
from afterword.occasions.occasion import Kind

router = Router(tags=["Decisions"])
SORTS = {
    "createdDate": "decided_at",
    "decidedAt": "decided_at",
    "receivedAt": "event__received_at",
}


class DecisionOut(Schema):
    """The verdict on one occasion for one campaign: the first rule that decided it, and why.

    `email` is null where the occasion led to no address; what is the event's own, where the
    occasion is no event, or the event has aged away.
    """

    id: UUID
    reason: Reason
    detail: dict[str, Any]
    event: str | None
    messageId: str | None
    campaignId: UUID
    campaignName: str
    customerId: UUID | None
    email: str | None
    occasion: Kind
    surveyId: UUID | None
    receivedAt: datetime | None
    decidedAt: datetime


class DecisionPage(Pages):
    decisions: list[DecisionOut]


class DecisionQuery(Paging):
    email: Address = ""
    campaignId: Id = None
    customerId: Id = None
    messageId: Text = ""
    reason: Reason | None = None

    def conditions(self) -> dict[str, object]:
        given = {
            "event__email": self.email,
            "campaign_id": self.campaignId,
            "customer_id": self.customerId,
            "event__message_id": self.messageId,
            "reason": self.reason,
        }
        return {**{k: v for k, v in given.items() if v}, **self.within("decided_at")}


@router.get("/decisions", response=Success[DecisionPage])
def list_decisions(request: TokenRequest, asked: Query[DecisionQuery]) -> Success[DecisionPage]:
    """List the decisions; the dates are those when they were made."""
    refuse_attributes(request)
    rows = Decision.objects.visible_to(request.auth).filter(**asked.conditions())
    full = rows.select_related("event", "campaign", "customer").defer(
        "event__properties", "event__problems"
    )
    page = page_of(full, asked, SORTS)
    decisions = [decision(row) for row in page.rows]
    return Success(data=DecisionPage(decisions=decisions, **page.pages.model_dump()))


def decision(row: Decision) -> DecisionOut:
    event = row.event
    return DecisionOut(
        id=row.id,
        reason=Reason(row.reason),
        detail=camel_keys(row.detail),
        occasion=Kind(row.occasion_kind),
        event=event.name if event else None,
        messageId=event.message_id if event else None,
        campaignId=row.campaign_id,
        campaignName=row.campaign.name,
        customerId=row.customer_id,
        email=(event.email if event else row.customer and row.customer.email) or None,
        surveyId=row.detail.get("survey_id") if row.reason == Reason.SCHEDULED else None,
        receivedAt=event.received_at if event else None,
        decidedAt=row.decided_at,
    )
