"""GET /customers and /customers/{id}."""

from datetime import datetime
from uuid import UUID

from ninja import Query, Router, Schema

from afterword.api.access import TokenRequest
from afterword.api.envelope import Pages, Success
from afterword.api.finding import find, refuse_attributes
from afterword.api.paging import page_of
from afterword.api.parameters import Address, Paging
from afterword.api.people import PropertyValue, Types, properties_of, property_types
from afterword.customers.models import Customer

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
    createdDate: datetime
    updatedDate: datetime
    lastSurveyDate: datetime | None


class Subscribers(Schema):
    subscribers: list[Subscriber]


class SubscriberPage(Subscribers, Pages):
    pass


class SubscriberList(Success[SubscriberPage], Pages):
    """Where the page stands is told twice: clients differ in where they look for it."""


class CustomerQuery(Paging):
    email: Address = ""


@router.get("/customers", response=SubscriberList)
def list_customers(request: TokenRequest, asked: Query[CustomerQuery]) -> SubscriberList:
    """List the customers; the dates are those of their creation."""
    refuse_attributes(request)
    people = Customer.objects.visible_to(request.auth).distinct_people().select_related("company")
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


def subscriber(row: Customer, types: Types) -> Subscriber:
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
        createdDate=row.created_at,
        updatedDate=row.updated_at,
        lastSurveyDate=row.last_surveyed_at,
    )
