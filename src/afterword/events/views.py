"""What came in, and why was someone asked or not?"""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from afterword.campaigns.models import Campaign
from afterword.core.keyset import newest_first
from afterword.events.looks import looks_of
from afterword.events.models import Event, Rejection
from afterword.events.search import Search
from afterword.events.seen import names_seen
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member

# How many times, a second apart, a page looks for the event that was sent from it.
LOOKS = 60


@require_safe
@never_cache
@for_members
def events(request: HttpRequest, member: Member) -> HttpResponse:
    search = Search.of(request.GET)
    cursor = request.GET.get("after", "")
    rows = search.find(Event.objects.visible_to(member))
    rows = rows.select_related("customer").prefetch_related(
        "decisions__campaign", "decisions__event", "surveys__invitations__mail"
    )
    page = newest_first(rows, "received_at", cursor)
    looked = looks_of(request)
    is_partial = "HX-Request" in request.headers
    with timezone.override(member.workspace.time_zone):
        return render(
            request,
            "events/found.html" if is_partial else "events/list.html",
            {
                "events": page.rows,
                "after": page.after,
                "cursor": cursor,
                "search": search,
                "campaigns": Campaign.objects.visible_to(member).order_by("name"),
                "next_look": looked + 1 if looked is not None and looked < LOOKS else None,
                "base_url": settings.BASE_URL,
            },
        )


@require_safe
@for_members
def event(request: HttpRequest, member: Member, event_id: UUID) -> HttpResponse:
    rows = Event.objects.visible_to(member).select_related("customer", "token")
    found = get_object_or_404(rows, id=event_id)
    decisions = found.decisions.select_related("campaign").order_by("decided_at", "id")
    surveys = found.surveys.select_related("campaign", "response", "template")
    return render(
        request,
        "events/event.html",
        {
            "event": found,
            "properties": sorted(found.properties.items()),
            "decisions": decisions,
            "surveys": surveys.order_by("created_at"),
            "is_by_hook": found.token is None and decisions.filter(occasion_kind="hook").exists(),
        },
    )


@require_safe
@for_members
def rejected(request: HttpRequest, member: Member) -> HttpResponse:
    cursor = request.GET.get("after", "")
    rows = Rejection.objects.visible_to(member).select_related("token")
    page = newest_first(rows, "received_at", cursor)
    return render(
        request,
        "events/rejected.html",
        {"rejections": page.rows, "after": page.after, "cursor": cursor},
    )


@require_safe
@for_members
def names(request: HttpRequest, member: Member) -> HttpResponse:
    return render(
        request,
        "events/names.html",
        {
            "names": names_seen(member.workspace_id, timezone.now()),
            "base_url": settings.BASE_URL,
        },
    )
