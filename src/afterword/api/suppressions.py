"""/suppressions/emails and /suppressions/domains: the list of who gets no mail."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from pydantic import AfterValidator, Field

from afterword.api.access import TokenRequest, may_write
from afterword.api.envelope import Pages, Success
from afterword.api.finding import find
from afterword.api.paging import page_of
from afterword.api.parameters import Paging, Text
from afterword.suppressions.erased import MARK
from afterword.suppressions.models import Suppression, SuppressionReason
from afterword.suppressions.patterns import PatternRefused, read_address, read_domain
from afterword.suppressions.stops import ENDED_BY_MEMBERS
from afterword.suppressions.suppress import release, suppress

router = Router(tags=["Suppressions"])
HOW = "API"
SORTS = {"createdDate": "at"}
NOTE_LENGTH = 500
_NO_DOMAIN = Q(pattern__contains="@") | Q(pattern__startswith=MARK)


def _address(value: str) -> str:
    try:
        return read_address(value)
    except PatternRefused as refusal:
        raise ValueError(str(refusal).removesuffix(".")) from refusal


def _domain(value: str) -> str:
    try:
        return read_domain(value)
    except PatternRefused as refusal:
        raise ValueError(str(refusal).removesuffix(".")) from refusal


Email = Annotated[str, AfterValidator(_address)]
Pattern = Annotated[str, AfterValidator(_domain)]
Note = Annotated[Text, Field(max_length=NOTE_LENGTH)]
Category = Literal["other", "corporate", "disposable", "invalid"]


class Suppressed(Schema):
    """Why, since when and by what something gets no mail."""

    id: UUID
    note: str
    reason: str
    how: str
    createdDate: datetime


class SuppressedEmail(Suppressed):
    email: str


class SuppressedDomain(Suppressed):
    pattern: str
    category: str


class EmailPage(Pages):
    emails: list[SuppressedEmail]


class DomainPage(Pages):
    domains: list[SuppressedDomain]


class ListQuery(Paging):
    """The dates are those when mail was stopped; what has ended is not listed."""

    reason: SuppressionReason = SuppressionReason.LISTED


class NewEmail(Schema):
    email: Email
    note: Note = ""


class NewDomain(Schema):
    pattern: Pattern
    category: Category = "other"
    note: Note = ""


@router.get("/suppressions/emails", response=Success[EmailPage])
def list_emails(request: TokenRequest, asked: Query[ListQuery]) -> Success[EmailPage]:
    """List the addresses put on the list by hand, or stopped for another `reason`."""
    page = page_of(_live(request, asked).filter(pattern__contains="@"), asked, SORTS)
    emails = [_email(row) for row in page.rows]
    return Success(data=EmailPage(emails=emails, **page.pages.model_dump()))


@router.post("/suppressions/emails", auth=may_write, response=Success[SuppressedEmail])
def add_email(request: TokenRequest, given: NewEmail) -> Success[SuppressedEmail]:
    """Put an address on the list; one that is on it already stays as it is."""
    return Success(data=_email(_listed(request, given.email, given.note)))


@router.delete("/suppressions/emails/{email_id}", auth=may_write, response=Success[SuppressedEmail])
def delete_email(request: TokenRequest, email_id: str) -> Success[SuppressedEmail]:
    """Let an address get mail again, unless its person said no."""
    rows = Suppression.objects.visible_to(request.auth).filter(pattern__contains="@")
    return Success(data=_email(_ended(rows, email_id, "suppressed e-mail")))


@router.get("/suppressions/domains", response=Success[DomainPage])
def list_domains(request: TokenRequest, asked: Query[ListQuery]) -> Success[DomainPage]:
    """List the domains on the list."""
    page = page_of(_live(request, asked).exclude(_NO_DOMAIN), asked, SORTS)
    domains = [_domain_out(row) for row in page.rows]
    return Success(data=DomainPage(domains=domains, **page.pages.model_dump()))


@router.post("/suppressions/domains", auth=may_write, response=Success[SuppressedDomain])
def add_domain(request: TokenRequest, given: NewDomain) -> Success[SuppressedDomain]:
    """Put a domain on the list: `example.com`, or `*.example.com` for those below it."""
    row = _listed(request, given.pattern, given.note, given.category)
    return Success(data=_domain_out(row))


@router.delete(
    "/suppressions/domains/{domain_id}", auth=may_write, response=Success[SuppressedDomain]
)
def delete_domain(request: TokenRequest, domain_id: str) -> Success[SuppressedDomain]:
    """Take a domain off the list."""
    rows = Suppression.objects.visible_to(request.auth).exclude(_NO_DOMAIN)
    return Success(data=_domain_out(_ended(rows, domain_id, "suppressed domain")))


def _live(request: TokenRequest, asked: ListQuery) -> QuerySet[Suppression]:
    rows = Suppression.objects.visible_to(request.auth).filter(ended_at=None, campaign_id=None)
    return rows.filter(reason=asked.reason, **asked.within("at"))


def _listed(request: TokenRequest, pattern: str, note: str, category: str = "") -> Suppression:
    reason, now = SuppressionReason.LISTED, timezone.now()
    suppress(
        request.auth.workspace_id, pattern, reason, how=HOW, now=now, note=note, category=category
    )
    rows = Suppression.objects.visible_to(request.auth).filter(pattern=pattern, reason=reason)
    return rows.filter(campaign_id=None).latest("at", "id")


def _ended(rows: QuerySet[Suppression], given_id: str, noun: str) -> Suppression:
    row = find(rows.filter(ended_at=None), given_id, noun)
    if row.reason not in ENDED_BY_MEMBERS:
        raise HttpError(
            409,
            "Its person wants no mail: POST /customers/resubscribe says what it takes to end that.",
        )
    release(row, how=HOW, now=timezone.now())
    return row


def _email(row: Suppression) -> SuppressedEmail:
    return SuppressedEmail(
        id=row.id,
        email=row.pattern,
        note=row.note,
        reason=row.reason,
        how=row.how,
        createdDate=row.at,
    )


def _domain_out(row: Suppression) -> SuppressedDomain:
    return SuppressedDomain(
        id=row.id,
        pattern=row.pattern,
        category=row.category or "other",
        note=row.note,
        reason=row.reason,
        how=row.how,
        createdDate=row.at,
    )
