"""The list of customers, their number, and the columns."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterword.audience.count import count_where
from afterword.profiles.listing.asked import Asked, pairs_of_view
from afterword.profiles.listing.cells import lines_of
from afterword.profiles.listing.columns import choose, chosen_by, columns_to_choose, these
from afterword.profiles.listing.found import found
from afterword.profiles.listing.order import Chosen
from afterword.profiles.listing.status import Status
from afterword.profiles.models import SavedView
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head; `order` is what a click on it asks for, empty where it cannot."""

    label: str
    order: str = ""
    sorted: str = ""  # "ascending" or "descending", as aria-sort says it


@dataclass(frozen=True, slots=True)
class Tab:
    view: SavedView
    query: str
    is_current: bool
    is_changed: bool


@require_safe
@for_members
def customers(request: HttpRequest, member: Member) -> HttpResponse:
    asked = Asked.of(member, request.GET, chosen_by(member))
    if (tidy := asked.filters.tidy_query) is not None:
        return redirect(f"{request.path}?{tidy}")
    cursor = request.GET.get("after", "")
    page = found(asked, member, timezone.now(), cursor)
    tabs = _tabs(member, asked, request.GET.get("view", ""))
    context = {
        "asked": asked,
        "heads": _heads(asked),
        "lines": lines_of(page.rows, asked.columns),
        "after": page.after,
        "cursor": cursor,
        "looked_at": page.looked_at,
        "statuses": list(Status),
        "columns_to_choose": columns_to_choose(asked.filters.types),
        "tabs": tabs,
        "current": next((tab for tab in tabs if tab.is_current), None),
    }
    return render(request, "customer_list/list.html", context)


@require_safe
@for_members
def count(request: HttpRequest, member: Member) -> HttpResponse:
    """How many the list has: as exactly as a moment allows."""
    condition = Asked.of(member, request.GET).condition(timezone.now())
    counted = count_where(member.workspace, condition)
    return render(request, "customer_list/count.html", {"counted": counted})


@require_POST
@for_members
def columns(request: HttpRequest, member: Member) -> HttpResponse:
    """Keep which columns the member wants to see; nobody else's change."""
    given = QueryDict(request.POST.get("query", ""))
    asked = Asked.of(member, given)
    chosen = these(request.POST.getlist("column"), columns_to_choose(asked.filters.types))
    choose(member, chosen)
    messages.success(request, "The columns are kept for you.")
    kept = [pair for pair in asked.pairs if pair[0] != "column"]
    return redirect(f"{reverse('customers:list')}?{urlencode(kept)}")


def _heads(asked: Asked) -> list[Head]:
    first = _head("Customer", "name", asked.order)
    return [first, *(_head(one.label, one.order, asked.order) for one in asked.columns)]


def _head(label: str, name: str, now: Chosen) -> Head:
    """A click on the column that orders turns it round; instants begin with the newest."""
    if not name:
        return Head(label)
    if now.order.name == name:
        turned = str(Chosen(now.order, not now.falls))
        return Head(label, turned, "descending" if now.falls else "ascending")
    wanted = Chosen.of(name)
    return Head(label, str(Chosen(wanted.order, wanted.order.is_instant)))


def _tabs(member: Member, asked: Asked, chosen: str) -> list[Tab]:
    tabs = []
    for view in SavedView.objects.visible_to(member).order_by("name"):
        query = urlencode([*pairs_of_view(view, asked.filters), ("view", str(view.id))])
        is_current = str(view.id) == chosen
        tabs.append(Tab(view, query, is_current, is_current and not asked.is_of(view)))
    return tabs
