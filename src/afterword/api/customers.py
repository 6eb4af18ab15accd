"""GET /customers, and GET and DELETE of /customers/{id}."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from ninja import Query, Router, Schema
from ninja.errors import HttpError

from afterword.api.access import TokenRequest, may_write
from afterword.api.envelope import Pages, Success
from afterword.api.finding import find, refuse_attributes
from afterword.api.paging import page_of
from afterword.api.parameters import Address, Paging
from afterword.api.people import PropertyValue, Types, properties_of, property_types
from afterword.core.clock import database_now
from afterword.customers.models import Customer
from afterword.privacy.erase import CannotErase, erase
from afterword.privacy.removal import Wish
from afterword.privacy.traces import Who
from afterword.profiles.actions.deletion import remove

router = Router(tags=["Customers"])
SORTS = {
    "createdDate": "created_at",
    "updatedDate": "updated_at",
    "email": "email",
    "firstName": "first_name",
    "lastName": "last_name",
    "companyName": "company_name",
    "lastSurveyDate": "last_surveyed_at",
}
STATUSES = {
    "unsubscribed_at": "unsubscribed",
    "hard_bounced_at": "hard-bounced",
    "undeliverable_at": "non-deliverable",
    "suppressed_at": "suppressed",
}


class Subscriber(Schema):
    """A customer. `statuses` says why one is not surveyed; none is the usual."""

    id: UUID
    email: str
    firstName: str
    lastName: str
    companyName: str
    companyId: UUID | None
    jobTitle: str
    phone: str
    city: str
    state: str
    country: str
    tags: list[str]
    properties: list[PropertyValue]
    source: str
    statuses: list[str]
    isAtRisk: bool
    atRiskDate: datetime | None
    atRiskReason: str | None
    createdDate: datetime
    updatedDate: datetime
    lastSurveyDate: datetime | None


class Subscribers(Schema):
    subscribers: list[Subscriber]


class SubscriberPage(Subscribers, Pages):
    pass


class SubscriberList(Success[SubscriberPage], Pages):
    """Where the page stands is told twice: clients differ in where they look for it."""


class Receipt(Schema):
    """What was erased: how many rows of what."""

    id: UUID
    createdDate: datetime
    keepsScores: bool
    counts: dict[str, int]


class Deleted(Schema):
    id: UUID
    receipt: Receipt | None


class DeletionQuery(Schema):
    """`erase` removes every trace, not the profile alone; `keepScores` keeps scores of nobody."""

    erase: bool = False
    keepScores: bool = False


class CustomerQuery(Paging):
    email: Address = ""


@router.get("/customers", response=SubscriberList)
def list_customers(request: TokenRequest, asked: Query[CustomerQuery]) -> SubscriberList:
    """List the customers; the dates are those of their creation."""
    refuse_attributes(request)
    people = (
        Customer.objects.visible_to(request.auth)
        .distinct_people()
        .select_related("company", "at_risk")
    )
    rows = people.filter(**asked.within("created_at"))
    if asked.email:
        rows = rows.filter(email=asked.email)
    page = page_of(rows, asked, SORTS)
    types = property_types(request.auth)
    pages = page.pages.model_dump()
    subscribers = [subscriber(row, types) for row in page.rows]
    return SubscriberList(data=SubscriberPage(subscribers=subscribers, **pages), **pages)


@router.get("/customers/{customer_id}", response=Success[Subscribers])
def get_customer(request: TokenRequest, customer_id: str) -> Success[Subscribers]:
    """Return one customer, as the only one of a list."""
    row = find(Customer.objects.visible_to(request.auth), customer_id, "customer")
    found = subscriber(row, property_types(request.auth))
    return Success(data=Subscribers(subscribers=[found]))


@router.delete("/customers/{customer_id}", auth=may_write, response=Success[Deleted])
def delete_customer(
    request: TokenRequest, customer_id: str, asked: Query[DeletionQuery]
) -> Success[Deleted]:
    """Delete a customer; answers and surveys stay, unless every trace is to be erased.

    The receipt of an erasure stands in the workspace's list of them.
    """
    if asked.keepScores and not asked.erase:
        raise HttpError(400, "keepScores: it means something beside erase=true alone.")
    rows = Customer.objects.visible_to(request.auth).distinct_people()
    row = find(rows, customer_id, "customer")
    if not asked.erase:
        remove(request.auth, [row.id], None, timezone.now())
        return Success(data=Deleted(id=row.id, receipt=None))
    try:
        who, wish = Who(request.auth.workspace, row.address, row.id), Wish(asked.keepScores)
        erased = erase(who, wish, None, database_now())
    except CannotErase as refusal:
        raise HttpError(409, str(refusal)) from None
    receipt = Receipt(
        id=erased.id,
        createdDate=erased.at,
        keepsScores=erased.keeps_scores,
        counts=erased.counts,
    )
    return Success(data=Deleted(id=row.id, receipt=receipt))


def subscriber(row: Customer, types: Types) -> Subscriber:
    risk = getattr(row, "at_risk", None)
    return Subscriber(
        id=row.id,
        email=row.address,
        firstName=row.first_name,
        lastName=row.last_name,
        companyName=row.company_name,
        companyId=row.company.whole_id if row.company else None,
        jobTitle=row.job_title,
        phone=row.phone,
        city=row.city,
        state=row.state,
        country=row.country,
        tags=row.tags,
        properties=properties_of(row, types),
        source=row.source,
        statuses=[name for column, name in STATUSES.items() if getattr(row, column)],
        isAtRisk=risk is not None,
        atRiskDate=risk.since if risk else None,
        atRiskReason=risk.words if risk else None,
        createdDate=row.created_at,
        updatedDate=row.updated_at,
        lastSurveyDate=row.last_surveyed_at,
    )
