"""GET /outbox: every survey, sent or not."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Query, Router, Schema

from afterword.api.access import TokenRequest
from afterword.api.detail import camel_keys
from afterword.api.envelope import Pages, Success
from afterword.api.finding import refuse_attributes
from afterword.api.paging import page_of
from afterword.api.parameters import Address, Id, Paging
from afterword.api.people import PropertyValue, Types, properties_of, property_types
from afterword.campaigns.models import Channel
from afterword.surveys.models import SentBy, State, Survey

router = Router(tags=["Outbox"])
SORTS = {"surveyCreatedDate": "created_at", "sentDate": "sent_at", "email": "email"}
STATUSES = {
    State.QUEUED: "QUEUED",
    State.CLAIMED: "SENDING",
    State.HANDING_OVER: "SENDING",
    State.SENT: "SENT",
    State.BOUNCED: "BOUNCED",
    State.DISMISSED: "DISMISSED",
    State.PARKED: "PARKED",
}


class Attributes(Schema):
    """The customer's tags and properties as they are today."""

    customerTags: list[str]
    customProps: list[PropertyValue]


class DetailedStatus(Schema):
    """Whether a mail was opened is not known in this version."""

    isOpened: None = None
    openedDate: None = None
    isResponded: bool
    respondedDate: datetime | None
    hasFeedback: bool
    isOptedOut: bool
    isBounced: bool


class OutboxSurvey(Schema):
    """A survey. `reason` and `detail` say why one that was scheduled was not sent."""

    surveyId: UUID
    email: str
    customerId: UUID | None
    firstName: str
    lastName: str
    companyName: str
    companyId: None = None
    surveyCreatedDate: datetime
    dueDate: datetime
    sentDate: datetime | None
    channel: str
    personTags: list[str]
    campaign: str
    campaignId: UUID
    surveyTemplateId: UUID
    subject: str
    sentBy: str
    status: str
    detailedStatus: DetailedStatus
    reason: str | None
    detail: dict[str, Any]
    serverReply: str
    responseId: UUID | None
    attributes: Attributes
    additionalRecipients: list[str] = []


class OutboxPage(Pages):
    surveys: list[OutboxSurvey]


class OutboxQuery(Paging):
    email: Address = ""
    customerId: Id = None
    campaignId: Id = None
    channel: Channel | None = None
    sentBy: SentBy | None = None

    def conditions(self) -> dict[str, object]:
        given = {
            "email": self.email,
            "customer_id": self.customerId,
            "campaign_id": self.campaignId,
            "campaign__channel": self.channel,
            "sent_by": self.sentBy,
        }
        return {**{k: v for k, v in given.items() if v}, **self.within("created_at")}


@router.get("/outbox", response=Success[OutboxPage])
def list_outbox(request: TokenRequest, asked: Query[OutboxQuery]) -> Success[OutboxPage]:
    """List the surveys; the dates are those when they were scheduled."""
    refuse_attributes(request)
    rows = Survey.objects.visible_to(request.auth).filter(**asked.conditions())
    page = page_of(rows.select_related("customer", "campaign", "response"), asked, SORTS)
    types = property_types(request.auth)
    surveys = [outbox_survey(row, types) for row in page.rows]
    return Success(data=OutboxPage(surveys=surveys, **page.pages.model_dump()))


def outbox_survey(row: Survey, types: Types) -> OutboxSurvey:
    customer = row.customer
    tags = customer.tags if customer else []
    response = getattr(row, "response", None)
    return OutboxSurvey(
        surveyId=row.id,
        email=row.email,
        customerId=row.customer_id,
        firstName=customer.first_name if customer else "",
        lastName=customer.last_name if customer else "",
        companyName=customer.company_name if customer else "",
        surveyCreatedDate=row.created_at,
        dueDate=row.due_at,
        sentDate=row.sent_at,
        channel=row.campaign.channel,
        personTags=tags,
        campaign=row.campaign.name,
        campaignId=row.campaign_id,
        surveyTemplateId=row.template_id,
        subject=row.subject,
        sentBy=row.sent_by,
        status="RESPONDED" if row.answered_at else STATUSES[State(row.state)],
        detailedStatus=DetailedStatus(
            isResponded=row.answered_at is not None,
            respondedDate=row.answered_at,
            hasFeedback=bool(response and response.comment),
            isOptedOut=row.unsubscribed_at is not None,
            isBounced=row.state == State.BOUNCED,
        ),
        reason=row.reason or None,
        detail=camel_keys(row.detail),
        serverReply=row.server_reply,
        responseId=response.id if response else None,
        attributes=Attributes(customerTags=tags, customProps=properties_of(customer, types)),
    )
