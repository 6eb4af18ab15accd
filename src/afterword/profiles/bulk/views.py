"""Asks before something is done for many, and starts it."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from afterword.core.text import clean_text
from afterword.long_work.models import Work
from afterword.long_work.start import start
from afterword.profiles.bulk.selection import ALL, Selection
from afterword.profiles.bulk.work import ACTS, BULK
from afterword.profiles.listing.columns import chosen_by
from afterword.profiles.listing.export import csv_of
from afterword.web.download import csv_download
from afterword.workspaces.access import for_changers, for_members
from afterword.workspaces.models import Member


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def bulk(request: HttpRequest, member: Member) -> HttpResponse:
    """Say what is to be done for how many, and do it once that is confirmed."""
    said = request.POST if request.method == "POST" else request.GET
    act = ACTS.get(said.get("act", ""))
    if act is None:
        raise Http404
    now = timezone.now()
    selection = Selection.of(said, now)
    count = selection.ask(member, lambda rows: rows.count())
    form = act.form(member, count, request.POST if request.method == "POST" else None)
    if request.method == "POST" and count and form.is_valid():
        parameters = {**form.parameters, "act": act.name, "selection": selection.stored}
        key = clean_text(request.POST.get("key", ""))[:36]
        most = min(count, _confirmed(request.POST.get("count", "")) or count)
        return redirect("long_work:work", _started(member, {**parameters, "key": key}, most, now))
    context = {
        "act": act,
        "form": form,
        "count": count,
        "key": said.get("key") or uuid4(),
        "selection": selection,
        "asked": selection.asked(member) if selection.scope == ALL else None,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "customer_list/bulk.html", context, status=status)


def _confirmed(number: str) -> int | None:
    """Return how many the question said; None where the form does not say it."""
    return int(number) if number.isdecimal() and len(number) < 20 else None


@transaction.atomic
def _started(member: Member, parameters: Mapping[str, Any], count: int, now: datetime) -> UUID:
    """Start the work; a form that is sent twice starts it once."""
    Member.objects.select_for_update().get(id=member.id)
    before = Work.objects.visible_to(member).filter(kind=BULK.name, by=member.user)
    found = before.filter(parameters__key=parameters["key"]).first() if parameters["key"] else None
    work = found or start(member.workspace_id, BULK, parameters, now, by=member.user, total=count)
    return work.id


@require_safe
@for_members
def export(request: HttpRequest, member: Member) -> HttpResponseBase:
    """Those customers, as a file that is written while it is read."""
    now = timezone.now()
    selection = Selection.of(request.GET, now)
    asked = selection.asked(member, chosen_by(member))
    name = f"customers-{timezone.localdate(now).isoformat()}.csv"
    return csv_download(name, csv_of(partial(selection.ask, member), asked.columns, asked.order))
