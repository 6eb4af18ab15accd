"""What may be done with a company: call it otherwise, join names, take one out, leave it out."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from afterword.core.ids import parsed_id
from afterword.customers.company_names import (
    ChangedMeanwhile,
    Joined,
    NameRefused,
    add,
    exclude,
    include,
    merge,
    take_out,
)
from afterword.customers.models import Company
from afterword.insights.companies.figures import figures_of
from afterword.insights.companies.forms import CompanyForm, NameForm
from afterword.insights.companies.views import find_company
from afterword.web import undo
from afterword.workspaces.access import for_changers
from afterword.workspaces.models import Member

OFFERED = 200
MEANWHILE = "Nothing was changed: somebody else changed these companies meanwhile."


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def edit(request: HttpRequest, member: Member, company_id: UUID) -> HttpResponse:
    company = find_company(member, company_id)
    was = company.name
    form = CompanyForm(request.POST if request.method == "POST" else None, instance=company)
    if request.method == "POST" and form.is_valid():
        company.save(update_fields=["name"])
        messages.success(request, f"{was} is called {company.name} now.")
        return redirect("insights:company", company.id)
    context = {"company": company, "was": was, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "insights/companies/edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def names(request: HttpRequest, member: Member, company_id: UUID) -> HttpResponse:
    """Show the names that lead to a company, and add one; that of another asks to merge the two."""
    company = find_company(member, company_id)
    form = NameForm(request.POST if request.method == "POST" else None)
    other = None
    if request.method == "POST" and form.is_valid():
        try:
            other = add(member, company, form.cleaned_data["name"], timezone.now())
        except NameRefused as refusal:
            form.add_error("name", str(refusal))
        except ChangedMeanwhile:
            messages.error(request, MEANWHILE)
            return redirect("insights:company", company.id)
        else:
            if other is None:
                messages.success(request, f"{form.cleaned_data['name']} leads to {company} now.")
                return redirect("insights:company_names", company.id)
            if request.POST.get("merge") == str(other.id):
                return _merge(request, member, other, company)
    return _show_names(request, member, company, form, other)


def _show_names(
    request: HttpRequest, member: Member, company: Company, form: NameForm, other: Company | None
) -> HttpResponse:
    status = 200 if request.method != "POST" else 409 if other else 422
    if other:
        figures = figures_of([company.id, other.id])
        context = {"company": company, "other": other, "form": form, "of_other": figures[other.id]}
        return render(request, "insights/companies/merge.html", context, status=status)
    offered = Company.objects.visible_to(member).whole().exclude(id=company.id).order_by("name")
    context = {
        "company": company,
        "names": company.aliases.order_by("name"),
        "form": form,
        "offered": [f"@{one.domain}" if one.domain else one.name for one in offered[:OFFERED]],
    }
    return render(request, "insights/companies/names.html", context, status=status)


def _merge(request: HttpRequest, member: Member, one: Company, into: Company) -> HttpResponse:
    try:
        joined = merge(member, one.id, into.id)
    except ChangedMeanwhile:
        messages.error(request, MEANWHILE)
        return redirect("insights:companies")
    what = {"first": str(joined.first), "others": [str(id_) for id_ in joined.others]}
    address = reverse("insights:company_unmerge", args=[into.id])
    undo.offer(request, f"{one} is merged into {into}.", address, what)
    return redirect("insights:company", into.id)


@require_POST
@for_changers
def unmerge(request: HttpRequest, member: Member, company_id: UUID) -> HttpResponse:
    """Undo a merge: the other company is there again, with the names that it had."""
    company = find_company(member, company_id)
    if what := undo.take(request):
        joined = Joined(UUID(what["first"]), [UUID(id_) for id_ in what["others"]], company.id)
        _take_out(request, member, joined, "The two are apart again.")
    return redirect("insights:company", company.id)


@require_POST
@for_changers
def remove_name(request: HttpRequest, member: Member, company_id: UUID) -> HttpResponse:
    """Make a name a company of its own again."""
    company = find_company(member, company_id)
    said = parsed_id(request.POST.get("name", ""))
    name = company.aliases.filter(id=said).first() if said else None
    if name is None:
        messages.error(request, MEANWHILE)
    elif _take_out(request, member, Joined(name.id, [], company.id)):
        address = reverse("insights:company_name_undo", args=[company.id])
        words = f"{name} leads here no more: it is a company of its own."
        undo.offer(request, words, address, {"first": str(name.id)})
    return redirect("insights:company_names", company.id)


@require_POST
@for_changers
def put_name_back(request: HttpRequest, member: Member, company_id: UUID) -> HttpResponse:
    company = find_company(member, company_id)
    if what := undo.take(request):
        try:
            merge(member, UUID(what["first"]), company.id)
        except ChangedMeanwhile:
            messages.error(request, MEANWHILE)
        else:
            messages.success(request, "The name leads here again.")
    return redirect("insights:company_names", company.id)


@require_POST
@for_changers
def leave_out(request: HttpRequest, member: Member, company_id: UUID) -> HttpResponse:
    company = find_company(member, company_id)
    exclude(company, timezone.now())
    address = reverse("insights:company_inclusion", args=[company.id])
    undo.offer(request, f"{company} is excluded.", address)
    return redirect("insights:company", company.id)


@require_POST
@for_changers
def take_in(request: HttpRequest, member: Member, company_id: UUID) -> HttpResponse:
    company = find_company(member, company_id)
    include(company)
    messages.success(request, f"{company} is a company again.")
    return redirect("insights:company", company.id)


def _take_out(request: HttpRequest, member: Member, joined: Joined, words: str = "") -> bool:
    try:
        take_out(member, joined.first, joined.others, joined.to)
    except ChangedMeanwhile:
        messages.error(request, MEANWHILE)
        return False
    if words:
        messages.success(request, words)
    return True
