"""The list of customers."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from afterword.core.keyset import newest_first
from afterword.core.text import clean_text
from afterword.customers.export import csv_of
from afterword.customers.models import Customer
from afterword.customers.properties import property_types
from afterword.web.download import csv_download
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member, WorkspaceRows


@require_safe
@for_members
def customers(request: HttpRequest, member: Member) -> HttpResponse:
    wanted = clean_text(request.GET.get("q", "")).strip()[:254]
    cursor = request.GET.get("after", "")
    rows = _named(Customer.objects.visible_to(member).distinct_people(), wanted)
    page = newest_first(rows, "created_at", cursor)
    return render(
        request,
        "customers/list.html",
        {"customers": page.rows, "after": page.after, "cursor": cursor, "wanted": wanted},
    )


@require_safe
@for_members
def export(request: HttpRequest, member: Member) -> HttpResponseBase:
    """All customers, as a file that is written while it is read."""
    rows = Customer.objects.visible_to(member).distinct_people()
    name = f"customers-{timezone.localdate().isoformat()}.csv"
    return csv_download(name, csv_of(rows, sorted(property_types(member.workspace_id))))


def _named(rows: WorkspaceRows[Customer], wanted: str) -> WorkspaceRows[Customer]:
    """Keep those whose address, or first or last name or both, start so."""
    if not wanted:
        return rows
    first, _, last = wanted.partition(" ")
    return rows.filter(
        Q(email__startswith=wanted.lower())
        | Q(first_name__istartswith=wanted)
        | Q(last_name__istartswith=wanted)
        | Q(first_name__iexact=first, last_name__istartswith=last.strip())
    )
