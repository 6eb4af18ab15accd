"""GET /outbox: every survey, sent or not."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Query, Router, Schema
from pydantic import BeforeValidator, WithJsonSchema

from afterword.api.access import TokenRequest
from afterword.api.detail import camel_keys
from afterword.api.envelope import Pages, Success
from afterword.api.finding import refuse_attributes
from afterword.api.paging import page_of
from afterword.api.parameters import Address, Id, Paging
from afterword.api.people import PropertyValue, Types, properties_of, property_types
from afterword.campaigns.models import Channel
from afterword.sending.models import Mail, State
from afterword.surveys.models import Invitation, SentBy
from afterword.surveys.outbox.search import is_sent_by
from afterword.surveys.outbox.status import Status, status_of, with_status

router = Router(tags=["Outbox"])
SORTS = {"surveyCreatedDate": "created_at", "sentDate": "mail__sent_at", "email": "survey__email"}
# In capitals, and an answer as clients of the product we follow know it.
STATUSES = {status: status.upper() for status in Status} | {Status.ANSWERED: "RESPONDED"}
_READ = {
    **{name: status for status, name in STATUSES.items()},
    "ANSWERED": Status.ANSWERED,
    "SCORED": Status.ANSWERED,
    "PARKED": Status.FAILED,  # what version 0.1 said
}


def _status(value: object) -> Status | None:
    if value in {"", None}:
        return None
    found = _READ.get(str(value).upper())
    if found is None:
        raise ValueError(f"use one of {', '.join(STATUSES.values())}")
    return found


StatusAsked = Annotated[
    Status | None,
    BeforeValidator(_status),
    WithJsonSchema({"type": "string", "enum": list(STATUSES.values())}),
]


class Attributes(Schema):
    """The customer's tags and properties as they are today."""

    customerTags: list[str]
    customProps: list[PropertyValue]


class DetailedStatus(Schema):
    """What ever happened to the survey, and when it first did.

    Opens are those of people; what a machine opened (Apple's mail privacy, a proxy) is told
    apart. Opens are only known where the workspace looks for them, deliveries where a mail
    server reports them. `endedDate` is when it was dismissed or failed.
    """

    isDelivered: bool
    deliveredDate: datetime | None
    isOpened: bool
    openedDate: datetime | None
    isMachineOpened: bool
    machineOpenedDate: datetime | None
    isClicked: bool
    clickedDate: datetime | None
    isResponded: bool
    respondedDate: datetime | None
    hasFeedback: bool
    isOptedOut: bool
    optedOutDate: datetime | None
    isBounced: bool
    bouncedDate: datetime | None
    bounceType: str | None
    isComplained: bool
    complainedDate: datetime | None
    isCancelled: bool
    cancelledDate: datetime | None
    isDismissed: bool
    isFailed: bool
    endedDate: datetime | None


class OutboxSurvey(Schema):
    """A survey, or a reminder of one. `reason` and `detail` say why one was not sent after all."""

    surveyId: UUID
    email: str
    customerId: UUID | None
    firstName: str
    lastName: str
    companyName: str
    companyId: UUID | None
    surveyCreatedDate: datetime
    dueDate: datetime | None
    sentDate: datetime | None
    channel: str
    personTags: list[str]
    campaign: str
    campaignId: UUID
    surveyTemplateId: UUID
    subject: str
    sentBy: str
    remindsSurveyId: UUID | None
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
    status: StatusAsked = None

    def conditions(self) -> dict[str, object]:
        given = {
            "survey__email": self.email,
            "survey__customer_id": self.customerId,
            "survey__campaign_id": self.campaignId,
            "channel": self.channel,
        }
        return {**{k: v for k, v in given.items() if v}, **self.within("created_at")}


@router.get("/outbox", response=Success[OutboxPage])
def list_outbox(request: TokenRequest, asked: Query[OutboxQuery]) -> Success[OutboxPage]:
    """List the surveys; the dates are those when they were scheduled."""
    refuse_attributes(request)
    rows = Invitation.objects.visible_to(request.auth).filter(**asked.conditions())
    rows = rows.filter(is_sent_by(asked.sentBy)) if asked.sentBy else rows
    rows = with_status(rows, asked.status) if asked.status else rows
    related = ("mail", "survey__customer__company", "survey__campaign", "survey__response")
    page = page_of(rows.select_related(*related), asked, SORTS)
    types = property_types(request.auth)
    surveys = [outbox_survey(row, types) for row in page.rows]
    return Success(data=OutboxPage(surveys=surveys, **page.pages.model_dump()))


def outbox_survey(row: Invitation, types: Types) -> OutboxSurvey:
    survey, mail = row.survey, row.mail
    customer = survey.customer
    tags = customer.tags if customer else []
    response = None if row.is_reminder else getattr(survey, "response", None)
    return OutboxSurvey(
        surveyId=row.id,
        email=survey.email,
        customerId=survey.customer_id,
        firstName=customer.first_name if customer else "",
        lastName=customer.last_name if customer else "",
        companyName=customer.company_name if customer else "",
        companyId=customer.company.whole_id if customer and customer.company else None,
        surveyCreatedDate=row.created_at,
        dueDate=mail.due_at if mail else None,
        sentDate=mail.sent_at if mail else row.shown_at,
        channel=row.channel,
        personTags=tags,
        campaign=survey.campaign.name,
        campaignId=survey.campaign_id,
        surveyTemplateId=row.template_id,
        subject=mail.subject if mail else "",
        sentBy=row.sent_by,
        remindsSurveyId=survey.id if row.is_reminder else None,
        status=STATUSES[status_of(row)],
        detailedStatus=detailed_status(row, has_feedback=bool(response and response.comment)),
        reason=(mail.reason or None) if mail else None,
        detail=camel_keys(mail.detail) if mail else {},
        serverReply=mail.server_reply if mail else "",
        responseId=response.id if response else None,
        attributes=Attributes(customerTags=tags, customProps=properties_of(customer, types)),
    )


def detailed_status(row: Invitation, *, has_feedback: bool) -> DetailedStatus:
    """Return it; of one that does not go by e-mail nothing is told that only mail can be."""
    mail = row.mail or Mail()
    return DetailedStatus(
        isDelivered=mail.delivered_at is not None,
        deliveredDate=mail.delivered_at,
        isOpened=row.opened_at is not None,
        openedDate=row.opened_at,
        isMachineOpened=row.machine_opened_at is not None,
        machineOpenedDate=row.machine_opened_at,
        isClicked=row.clicked_at is not None,
        clickedDate=row.clicked_at,
        isResponded=row.answered_at is not None,
        respondedDate=row.answered_at,
        hasFeedback=has_feedback,
        isOptedOut=row.unsubscribed_at is not None,
        optedOutDate=row.unsubscribed_at,
        isBounced=mail.bounced_at is not None or mail.state == State.BOUNCED,
        bouncedDate=mail.bounced_at,
        bounceType=mail.bounce or None,
        isComplained=mail.complained_at is not None,
        complainedDate=mail.complained_at,
        isCancelled=mail.state == State.CANCELLED,
        cancelledDate=mail.cancelled_at,
        isDismissed=mail.state == State.DISMISSED,
        isFailed=mail.state == State.PARKED,
        endedDate=mail.ended_at,
    )
