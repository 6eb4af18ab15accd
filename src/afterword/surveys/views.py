"""The outbox: what was sent, and what became of it?"""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afterword.campaigns.models import Campaign
from afterword.core.instants import parse_instant
from afterword.core.keyset import newest_first
from afterword.surveys.cancel import cancel
from afterword.surveys.export import csv_of
from afterword.surveys.life import life_of
from afterword.surveys.models import SentBy, Survey
from afterword.surveys.numbers import MOST, count
from afterword.surveys.outbox import PERIODS, WAITING, Mark, Search
from afterword.surveys.status import Status
from afterword.workspaces.access import for_changers, for_members
from afterword.workspaces.models import Member, Role

# Of what may still be cancelled at once; a page that lists something else offers it not.
_MAY_WAIT = {None, Status.QUEUED, Status.HELD, Mark.WAITING}


@require_safe
@for_members
def outbox(request: HttpRequest, member: Member) -> HttpResponse:
    now = timezone.now()
    search = Search.of(request.GET)
    cursor = request.GET.get("after", "")
    related = ("campaign", "template", "customer", "reminder")
    page = newest_first(search.find(member, now).select_related(*related), "created_at", cursor)
    zone = ZoneInfo(member.workspace.time_zone)
    since = search.since(now)
    numbers = count(
        search.whatever_became().find(member, now),
        zone,
        since.astimezone(zone).date() if since else None,
        now.astimezone(zone).date(),
    )
    may_cancel = Role(member.role).may_change and search.status in _MAY_WAIT
    return render(
        request,
        "surveys/outbox.html",
        {
            "surveys": page.rows,
            "after": page.after,
            "cursor": cursor,
            "search": search,
            "numbers": numbers,
            "most": MOST,
            "waiting": numbers.of(Mark.WAITING) if may_cancel else 0,
            "tracks_opens": member.workspace.tracks_opens,
            "is_new": not page.rows and not Survey.objects.visible_to(member).exists(),
            "statuses": list(Status),
            "marks": list(Mark),
            "sent_by": SentBy.choices,
            "periods": PERIODS,
            "campaigns": Campaign.objects.visible_to(member).order_by("name"),
        },
    )


@require_safe
@never_cache
@for_members
def survey(request: HttpRequest, member: Member, survey_id: UUID) -> HttpResponse:
    rows = Survey.objects.visible_to(member).select_related(
        "campaign", "template", "customer", "event", "reminds", "reminder", "response"
    )
    found = get_object_or_404(rows, id=survey_id)
    zone = timezone.get_current_timezone()
    return render(
        request,
        "surveys/survey.html",
        {
            "survey": found,
            "life": life_of(found, timezone.now(), zone),
            "may_be_cancelled": found.state in WAITING,
        },
    )


@require_safe
@for_members
def export(request: HttpRequest, member: Member) -> HttpResponseBase:
    """Every survey of the filter, as a file that is written while it is read."""
    now = timezone.now()
    name = f"outbox-{timezone.localdate(now).isoformat()}.csv"
    return StreamingHttpResponse(
        csv_of(Search.of(request.GET).find(member, now)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_POST
@for_changers
def cancel_one(request: HttpRequest, member: Member, survey_id: UUID) -> HttpResponse:
    found = get_object_or_404(Survey.objects.visible_to(member), id=survey_id)
    only = Survey.objects.visible_to(member).filter(id=found.id)
    if cancel(only, member.user_id, timezone.now()):
        messages.success(request, "The survey is cancelled: it will not be sent.")
    else:
        messages.warning(
            request,
            "It was too late to cancel: the survey is being sent or has been settled already. "
            "This page says what became of it.",
        )
    return redirect("surveys:survey", survey_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def cancel_all(request: HttpRequest, member: Member) -> HttpResponse:
    """Ask how many of the filter are to be cancelled, then do it.

    Those scheduled after the question was shown stay: nobody was asked about them.
    """
    now = timezone.now()
    sent = request.POST if request.method == "POST" else request.GET
    search = Search.of(sent)
    asked_at = parse_instant(sent.get("asked_at", "")) or now
    found = search.find(member, now).filter(created_at__lte=asked_at)
    back = f"{reverse('surveys:outbox')}?{urlencode(search.query)}"
    if request.method == "POST":
        number = cancel(found, member.user_id, now)
        surveys = "1 survey is" if number == 1 else f"{number:,} surveys are"
        messages.success(request, f"{surveys} cancelled. What was being sent already was left.")
        return redirect(back)
    campaigns = Campaign.objects.visible_to(member)
    return render(
        request,
        "surveys/cancellation.html",
        {
            "search": search,
            "campaign": campaigns.filter(id__in=[search.campaign_id]).first(),
            "waiting": found.filter(state__in=WAITING).count(),
            "asked_at": now.isoformat(),
            "back": back,
            "period": PERIODS[search.period],
        },
    )
