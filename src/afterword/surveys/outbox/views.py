"""The outbox: what was sent, and what became of it?"""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from afterword.campaigns.models import Campaign
from afterword.sending.models import WAITING
from afterword.surveys.cancel import cancel
from afterword.surveys.models import Invitation, SentBy
from afterword.surveys.outbox.apart import apart_kinds, mails_apart
from afterword.surveys.outbox.export import csv_of
from afterword.surveys.outbox.found import found
from afterword.surveys.outbox.life import life_of
from afterword.surveys.outbox.numbers import MOST, count
from afterword.surveys.outbox.search import PERIODS, Mark, Search
from afterword.surveys.outbox.status import Status
from afterword.surveys.send_again import may_be_sent_again, send_again
from afterword.surveys.send_now import hastenable
from afterword.web.download import csv_download
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
    page = found(search, member, now, cursor)
    zone = ZoneInfo(member.workspace.time_zone)
    since = search.since(now)
    numbers = count(
        search.whatever_became().find(member, now),
        zone,
        since.astimezone(zone).date() if since else None,
        now.astimezone(zone).date(),
    )
    may_change = Role(member.role).may_change
    return render(
        request,
        "surveys/outbox.html",
        {
            "rows": page.rows,
            "after": page.after,
            "cursor": cursor,
            "looked_at": page.looked_at,
            "search": search,
            "numbers": numbers,
            "most": MOST,
            "waiting": numbers.of(Mark.WAITING) if may_change and search.status in _MAY_WAIT else 0,
            "has_failed": may_change
            and search.status in {None, Status.FAILED}
            and Status.FAILED in numbers.by_status,
            "tracks_opens": member.workspace.tracks_opens,
            "is_new": not page.rows
            and not page.looked_at
            and not Invitation.objects.visible_to(member).exists()
            and not mails_apart(member).exists(),
            "statuses": list(Status),
            "marks": list(Mark),
            "sent_by": SentBy.choices,
            "apart": apart_kinds(),
            "periods": PERIODS,
            "campaigns": Campaign.objects.visible_to(member).order_by("name"),
        },
    )


@require_safe
@never_cache
@for_members
def survey(request: HttpRequest, member: Member, invitation_id: UUID) -> HttpResponse:
    """A survey, or a reminder of it: each is a page of its own."""
    rows = Invitation.objects.visible_to(member).select_related(
        "mail",
        "template",
        "reminder",
        "survey__campaign",
        "survey__customer",
        "survey__event",
        "survey__response",
    )
    found = get_object_or_404(rows, id=invitation_id)
    zone = timezone.get_current_timezone()
    return render(
        request,
        "surveys/survey.html",
        {
            "invitation": found,
            "survey": found.survey,
            "mail": found.mail,
            "life": life_of(found, timezone.now(), zone),
            "may_be_cancelled": found.mail is not None and found.mail.state in WAITING,
            "may_be_sent_now": bool(hastenable(rows.filter(id=found.id), timezone.now())),
            "may_be_sent_again": may_be_sent_again(found),
        },
    )


@require_safe
@for_members
def export(request: HttpRequest, member: Member) -> HttpResponseBase:
    """Every survey of the filter, as a file that is written while it is read."""
    now = timezone.now()
    name = f"outbox-{timezone.localdate(now).isoformat()}.csv"
    return csv_download(name, csv_of(Search.of(request.GET).find(member, now)))


@require_POST
@for_changers
def cancel_one(request: HttpRequest, member: Member, invitation_id: UUID) -> HttpResponse:
    found = get_object_or_404(Invitation.objects.visible_to(member), id=invitation_id)
    only = Invitation.objects.visible_to(member).filter(id=found.id)
    if cancel(only, member.user_id, timezone.now()):
        messages.success(request, "The survey is cancelled: it will not be sent.")
    else:
        messages.warning(
            request,
            "It was too late to cancel: the survey is being sent or has been settled already. "
            "This page says what became of it.",
        )
    return redirect("surveys:survey", invitation_id)


@require_POST
@for_changers
def send_one_again(request: HttpRequest, member: Member, invitation_id: UUID) -> HttpResponse:
    found = get_object_or_404(Invitation.objects.visible_to(member), id=invitation_id)
    only = Invitation.objects.visible_to(member).filter(id=found.id)
    if send_again(only, member.user_id, timezone.now()):
        messages.success(request, "The survey is queued again. This page shows what becomes of it.")
    else:
        messages.warning(
            request,
            "Nothing was sent again: only what failed can be, and what was in doubt "
            "twice is never sent a third time. This page says what became of it.",
        )
    return redirect("surveys:survey", invitation_id)
