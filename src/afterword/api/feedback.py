"""GET /feedback and /feedback/{id}."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from ninja import Query, Router, Schema

from afterword.api.access import TokenRequest
from afterword.api.envelope import Pages, Success
from afterword.api.finding import find, refuse_attributes
from afterword.api.metrics import METRIC_TYPES
from afterword.api.paging import page_of
from afterword.api.parameters import Address, Id, Paging
from afterword.api.people import PropertyValue, Types, properties_of, property_types
from afterword.feedback.models import Response
from afterword.survey_templates.metrics import Metric

router = Router(tags=["Feedback"])
SORTS = {"createdDate": "created_at", "updatedDate": "updated_at", "score": "score"}


class EarlierAnswer(Schema):
    """What the customer answered at `date`, and changed later."""

    score: int
    comment: str
    date: datetime


class Feedback(Schema):
    """An answer to a survey. The customer's fields, tags and properties are those of today.

    What is always null or empty belongs to later versions.
    """

    id: UUID
    surveyId: UUID | None
    customerId: UUID | None
    email: str
    firstName: str = ""
    lastName: str = ""
    companyName: str = ""
    companyId: UUID | None = None
    jobTitle: str = ""
    country: str = ""
    state: str = ""
    city: str = ""
    tags: list[str] = []
    customProps: list[PropertyValue] = []
    campaignId: UUID | None
    campaignName: str
    createdDate: datetime
    updatedDate: datetime
    score: int
    comment: str
    checkbox: None = None
    additionalQuestions: list[Any] = []
    feedbackTopics: list[Any] = []
    feedbackTags: list[str] = []
    feedbackTagsNew: list[Any] = []
    notes: list[Any] = []
    status: None = None
    assigned: None = None
    ratingCategory: str
    resolved: bool = False
    channel: str
    metricsType: str
    isBogus: bool = False
    isSubmitted: bool
    isPartial: bool  # a score without a comment
    earlierAnswers: list[EarlierAnswer]  # the newest first


class FeedbackResponses(Schema):
    responses: list[Feedback]


class FeedbackPage(FeedbackResponses, Pages):
    pass


class FeedbackQuery(Paging):
    email: Address = ""
    customerId: Id = None
    campaignId: Id = None

    def conditions(self) -> dict[str, object]:
        given = {
            "email": self.email,
            "customer_id": self.customerId,
            "campaign_id": self.campaignId,
        }
        return {**{k: v for k, v in given.items() if v}, **self.within("created_at")}


@router.get("/feedback", response=Success[FeedbackPage])
def list_feedback(request: TokenRequest, asked: Query[FeedbackQuery]) -> Success[FeedbackPage]:
    """List the answers; the dates are those when the score was first given."""
    refuse_attributes(request)
    page = page_of(_rows(request).filter(**asked.conditions()), asked, SORTS)
    types = property_types(request.auth)
    responses = [feedback(row, types) for row in page.rows]
    return Success(data=FeedbackPage(responses=responses, **page.pages.model_dump()))


@router.get("/feedback/{feedback_id}", response=Success[FeedbackResponses])
def get_feedback(request: TokenRequest, feedback_id: str) -> Success[FeedbackResponses]:
    """Return one answer, as the only one of a list."""
    row = find(_rows(request), feedback_id, "feedback")
    found = feedback(row, property_types(request.auth))
    return Success(data=FeedbackResponses(responses=[found]))


def _rows(request: TokenRequest) -> QuerySet[Response]:
    return Response.objects.visible_to(request.auth).select_related("customer__company", "campaign")


def feedback(row: Response, types: Types) -> Feedback:
    found = Feedback(
        id=row.id,
        surveyId=row.survey_id,
        customerId=row.customer_id,
        email=row.email,
        customProps=properties_of(row.customer, types),
        campaignId=row.campaign_id,
        campaignName=row.campaign.name if row.campaign else "",
        createdDate=row.created_at,
        updatedDate=row.updated_at,
        score=row.score,
        comment=row.comment,
        ratingCategory=row.scale.bucket_label(row.score),
        channel=row.campaign.channel if row.campaign else "",
        metricsType=METRIC_TYPES[Metric(row.metric)],
        isSubmitted=row.submitted_at is not None,
        isPartial=row.is_partial,
        earlierAnswers=[
            EarlierAnswer(score=one.score, comment=one.comment, date=one.at)
            for one in row.earlier_answers
        ],
    )
    if customer := row.customer:
        found.firstName = customer.first_name
        found.lastName = customer.last_name
        found.companyName = customer.company_name
        found.companyId = customer.company.whole_id if customer.company else None
        found.jobTitle = customer.job_title
        found.country = customer.country
        found.state = customer.state
        found.city = customer.city
        found.tags = customer.tags
    return found
