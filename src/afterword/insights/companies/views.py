"""The list of companies, a company's page, and the whole of its customers and of its feedback."""

from dataclasses import replace
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from afterword.core.keyset import newest_first
from afterword.core.text import clean_text
from afterword.customers.models import Company, CompanyQuerySet, Customer
from afterword.feedback.found import SHOWN
from afterword.feedback.models import Response
from afterword.insights.companies.figures import figures_of, months_of
from afterword.insights.companies.order import ORDERS, page_of, with_customers
from afterword.insights.companies.people import people_of
from afterword.insights.models import CompaniesCounted
from afterword.survey_templates.metrics import SCALES, Metric
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member, WorkspaceRows

PEOPLE = 20
ANSWERS = 10


@require_safe
@for_members
def companies(request: HttpRequest, member: Member) -> HttpResponse:
    wanted = clean_text(request.GET.get("q", "")).strip()[:200]
    order = request.GET.get("order", "")
    counted = CompaniesCounted.objects.filter(workspace=member.workspace_id).first()
    order = order if order in ORDERS and (counted or not ORDERS[order].is_counted) else "name"
    is_excluded = request.GET.get("show") == "excluded"
    cursor = request.GET.get("after", "")
    whole = Company.objects.visible_to(member).whole()
    rows = whole.filter(excluded_at__isnull=not is_excluded)
    page = page_of(
        _named(rows if is_excluded else with_customers(rows), wanted), ORDERS[order], cursor
    )
    figures = figures_of([one.id for one in page.rows])
    context = {
        "companies": [(one, figures[one.id]) for one in page.rows],
        "metrics": [
            (metric, SCALES[metric])
            for metric in Metric
            if any(metric in one.by_metric for one in figures.values())
        ],
        "orders": {name: one.label for name, one in ORDERS.items()},
        "order": order,
        "counted_at": counted.at if counted and ORDERS[order].is_counted else None,
        "is_excluded": is_excluded,
        "has_excluded": is_excluded or whole.filter(excluded_at__isnull=False).exists(),
        "wanted": wanted,
        "after": page.after,
        "cursor": cursor,
    }
    return render(request, "insights/companies/list.html", context)


def _named(rows: CompanyQuerySet, wanted: str) -> CompanyQuerySet:
    """Keep those one of whose names or domains has this in it."""
    if not wanted:
        return rows
    names = Company.objects.filter(merged_into=OuterRef("id"), name__icontains=wanted)
    return rows.filter(Q(name__icontains=wanted) | Q(key__icontains=wanted) | Exists(names))


@require_safe
@for_members
def company(request: HttpRequest, member: Member, company_id: UUID) -> HttpResponse:
    found = get_object_or_404(Company.objects.visible_to(member), id=company_id)
    if found.merged_into_id:
        return redirect("insights:company", found.merged_into_id)
    now, zone = timezone.now(), ZoneInfo(member.workspace.time_zone)
    figures, months = figures_of([found.id])[found.id], months_of(found.id, zone, now)
    people = list(customers_of(found).order_by("-created_at", "-id")[:PEOPLE])
    context = {
        "company": found,
        "names": found.aliases.order_by("name"),
        "figures": figures,
        "scores": [
            replace(one, months=months.get(one.metric, ())) for one in figures.by_metric.values()
        ],
        "months": months,
        "people": people_of(people),
        "answers": answers_of(found)[:ANSWERS],
    }
    return render(request, "insights/companies/company.html", context)


@require_safe
@for_members
def customers(request: HttpRequest, member: Member, company_id: UUID) -> HttpResponse:
    found = find_company(member, company_id)
    cursor = request.GET.get("after", "")
    page = newest_first(customers_of(found), "created_at", cursor)
    context = {
        "company": found,
        "people": people_of(page.rows),
        "after": page.after,
        "cursor": cursor,
    }
    return render(request, "insights/companies/customers.html", context)


@require_safe
@for_members
def feedback(request: HttpRequest, member: Member, company_id: UUID) -> HttpResponse:
    found = find_company(member, company_id)
    cursor = request.GET.get("after", "")
    page = newest_first(answers_of(found), "created_at", cursor)
    context = {"company": found, "answers": page.rows, "after": page.after, "cursor": cursor}
    return render(request, "insights/companies/feedback.html", context)


def find_company(member: Member, company_id: UUID) -> Company:
    """Return a company of the member's workspace; Http404 where there is none that is whole."""
    return get_object_or_404(Company.objects.visible_to(member).whole(), id=company_id)


def customers_of(company: Company) -> WorkspaceRows[Customer]:
    """Return the company's customers; without their workspace, whose index leads past many more."""
    return Customer.objects.filter(company__in=_rows_of(company))


def answers_of(company: Company) -> WorkspaceRows[Response]:
    """Return every answer of the company's customers, the newest first."""
    # An array, so that whatever the planner believes it goes by customer.
    theirs = RawSQL(_OF_CUSTOMERS, [_rows_of(company)], BooleanField())  # noqa: S611  (our own words)
    rows = Response.objects.filter(theirs).select_related(*SHOWN)
    return rows.order_by("-created_at", "-id")


_OF_CUSTOMERS = """
    feedback_response.customer_id = ANY(
        ARRAY(SELECT id FROM customers_customer WHERE company_id = ANY(%s))
    )
"""


def _rows_of(company: Company) -> list[UUID]:
    """Return the company's own row and those of its other names; so few that they may be listed."""
    return [company.id, *company.aliases.values_list("id", flat=True)]
