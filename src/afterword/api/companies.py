"""GET /companies and /companies/{id or domain}."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models.functions import Lower
from ninja import Query, Router, Schema

from afterword.api.access import TokenRequest
from afterword.api.envelope import Pages, Success
from afterword.api.finding import find, refuse_attributes
from afterword.api.metrics import METRIC_TYPES
from afterword.api.paging import page_of
from afterword.api.parameters import Paging
from afterword.core.email_address import normalise
from afterword.customers.companies import domain_key
from afterword.customers.models import Company, CompanyQuerySet
from afterword.insights.companies.figures import figures_of
from afterword.survey_templates.metrics import Metric

router = Router(tags=["Companies"])
SORTS = {"createdDate": "created_at", "companyName": "lower_name"}


class CompanyMetrics(Schema):
    """The scores over the latest answer of each customer; null without one."""

    NPS: float | int | None
    CSAT: float | int | None
    CES: float | int | None
    STAR: float | int | None


class CompanyOut(Schema):
    """A company. `domains` and `aliases` are all that lead to it; the rest is always empty."""

    id: UUID
    createdDate: datetime
    domain: str
    domains: list[str]
    companyName: str
    aliases: list[str]
    industryName: str = ""
    tags: list[str] = []
    cxMetrics: CompanyMetrics
    contactsCount: int


class Companies(Schema):
    companies: list[CompanyOut]


class CompanyPage(Companies, Pages):
    pass


@router.get("/companies", response=Success[CompanyPage])
def list_companies(request: TokenRequest, asked: Query[Paging]) -> Success[CompanyPage]:
    """List the companies that are not excluded; the dates are those of their first customer."""
    refuse_attributes(request)
    rows = _rows(request).filter(excluded_at=None, **asked.within("created_at"))
    page = page_of(rows.annotate(lower_name=Lower("name")), asked, SORTS)
    found = _told(page.rows)
    return Success(data=CompanyPage(companies=found, **page.pages.model_dump()))


@router.get("/companies/{company}", response=Success[Companies])
def get_company(request: TokenRequest, company: str) -> Success[Companies]:
    """Return one company, as the only one of a list; by its id, or by any of its mail domains."""
    rows = Company.objects.visible_to(request.auth)
    domain = _domain(company)
    by_domain = rows.filter(key=domain_key(domain)).first() if domain else None
    found = by_domain or find(rows, company, "company")
    whole = found.merged_into or found
    return Success(data=Companies(companies=_told([whole])))


def _domain(said: str) -> str:
    return (normalise(f"a@{said}") or "").removeprefix("a@")


def _rows(request: TokenRequest) -> CompanyQuerySet:
    return Company.objects.visible_to(request.auth).whole()


def _told(companies: Sequence[Company]) -> list[CompanyOut]:
    ids = [one.id for one in companies]
    figures, names = figures_of(ids), _names(ids)
    told = []
    for one in companies:
        theirs = [one, *names.get(one.id, ())]
        domains = [name.domain for name in theirs if name.domain]
        scores = figures[one.id].by_metric
        metrics = {
            METRIC_TYPES[metric]: scores[metric].score.score if metric in scores else None
            for metric in Metric
        }
        told.append(
            CompanyOut(
                id=one.id,
                createdDate=one.created_at,
                domain=domains[0] if domains else "",
                domains=domains,
                companyName=one.name,
                aliases=[name.name for name in theirs[1:] if not name.domain],
                cxMetrics=CompanyMetrics(**metrics),
                contactsCount=figures[one.id].customers,
            )
        )
    return told


def _names(companies: Collection[UUID]) -> Mapping[UUID, list[Company]]:
    """Return the other names of companies, in their order; one query."""
    found: dict[UUID, list[Company]] = {}
    for name in Company.objects.filter(merged_into__in=companies).order_by("name"):
        if name.merged_into_id:
            found.setdefault(name.merged_into_id, []).append(name)
    return found
