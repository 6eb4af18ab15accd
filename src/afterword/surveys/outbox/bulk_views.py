"""What is done to all surveys of a filter, after a page that asks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from afterword.campaigns.models import Campaign
from afterword.core.instants import parse_instant
from afterword.surveys.cancel import cancel, waiting
from afterword.surveys.models import Invitation
from afterword.surveys.outbox.search import PERIODS, Search
from afterword.surveys.send_again import send_again, sendable
from afterword.workspaces.access import for_changers
from afterword.workspaces.models import Member, WorkspaceRows

Rows = WorkspaceRows[Invitation]


@dataclass(frozen=True, slots=True)
class Act:
    """`do` changes those rows that `concerns` keeps, for a user, and returns how many."""

    concerns: Callable[[Rows], Rows]
    do: Callable[[Rows, UUID, datetime], int]
    question: str  # the template that asks
    done: str  # what is said of so many surveys afterwards


_CANCEL = Act(
    waiting,
    cancel,
    "surveys/cancellation.html",
    "cancelled. What was being sent already was left.",
)
_SEND_AGAIN = Act(
    sendable,
    send_again,
    "surveys/sending_again.html",
    "queued again. The outbox shows what becomes of them.",
)


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def cancel_all(request: HttpRequest, member: Member) -> HttpResponse:
    return _ask_and_do(_CANCEL, request, member)


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def send_all_again(request: HttpRequest, member: Member) -> HttpResponse:
    return _ask_and_do(_SEND_AGAIN, request, member)


def _ask_and_do(act: Act, request: HttpRequest, member: Member) -> HttpResponse:
    """Ask whether to do it to so many of the filter, then do it.

    Those scheduled after the question was shown stay: nobody was asked about them.
    """
    now = timezone.now()
    sent = request.POST if request.method == "POST" else request.GET
    search = Search.of(sent)
    asked_at = parse_instant(sent.get("asked_at", "")) or now
    found = search.find(member, now).filter(created_at__lte=asked_at)
    back = f"{reverse('surveys:outbox')}?{urlencode(search.query)}"
    if request.method == "POST":
        number = act.do(found, member.user_id, now)
        surveys = "1 survey is" if number == 1 else f"{number:,} surveys are"
        messages.success(request, f"{surveys} {act.done}")
        return redirect(back)
    campaigns = Campaign.objects.visible_to(member)
    return render(
        request,
        act.question,
        {
            "search": search,
            "campaign": campaigns.filter(id__in=[search.campaign_id]).first(),
            "number": act.concerns(found).count(),
            "asked_at": now.isoformat(),
            "back": back,
            "period": PERIODS[search.period],
        },
    )
