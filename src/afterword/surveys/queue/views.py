"""The queue: what waits, until when and why; send it now, or cancel it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afterword.campaigns.models import Campaign
from afterword.core.ids import parsed_id
from afterword.core.instants import parse_instant
from afterword.core.keyset import soonest_first
from afterword.decisions.models import Decision
from afterword.decisions.reasons import Reason
from afterword.sending.models import Mail
from afterword.surveys.cancel import cancel
from afterword.surveys.models import Invitation
from afterword.surveys.queue.search import QueueSearch
from afterword.surveys.queue.waits import WAITS_FOR, Wait, why_waits
from afterword.surveys.send_now import send_now
from afterword.workspaces.access import for_changers, for_members
from afterword.workspaces.models import Member

Row = tuple[Invitation, Wait, str]  # what waits, why, and that in words


@require_safe
@never_cache
@for_members
def queue(request: HttpRequest, member: Member) -> HttpResponse:
    now = timezone.now()
    search = QueueSearch.of(request.GET)
    cursor = request.GET.get("after", "")
    waiting = search.mails(member, now)
    page = soonest_first(waiting, "due_at", cursor)
    return render(
        request,
        "surveys/queue.html",
        {
            "rows": _rows(page.rows, now),
            "after": page.after,
            "cursor": cursor,
            "search": search,
            "number": waiting.count(),
            "waits": list(Wait),
            "campaigns": Campaign.objects.visible_to(member).order_by("name"),
            "back": urlencode(search.query),
        },
    )


@require_POST
@for_changers
def change_chosen(request: HttpRequest, member: Member) -> HttpResponse:
    """Send the ticked ones now, or cancel them."""
    ids = [id_ for id_ in map(parsed_id, request.POST.getlist("chosen")) if id_]
    chosen = Invitation.objects.visible_to(member).filter(id__in=ids)
    if not ids:
        messages.warning(request, "Tick what is meant first.")
    elif request.POST.get("act") == "cancel":
        _say(request, cancel(chosen, member.user_id, timezone.now()), "cancelled", len(ids))
    else:
        _say(request, send_now(chosen, member.user_id, timezone.now()), "on its way", len(ids))
    return redirect(_back(QueueSearch.of(request.POST)))


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def cancel_all(request: HttpRequest, member: Member) -> HttpResponse:
    """Ask whether to cancel all that match, then do it.

    What was scheduled after the question was shown stays: nobody was asked about it.
    """
    now = timezone.now()
    sent = request.POST if request.method == "POST" else request.GET
    search = QueueSearch.of(sent)
    asked_at = parse_instant(sent.get("asked_at", "")) or now
    if request.method == "POST":
        found = search.invitations(member, now).filter(created_at__lte=asked_at)
        _say(request, cancel(found, member.user_id, now), "cancelled")
        return redirect(_back(search))
    campaigns = Campaign.objects.visible_to(member)
    context = {
        "search": search,
        "campaign": campaigns.filter(id__in=[search.campaign_id]).first(),
        "number": search.mails(member, now).count(),
        "asked_at": now.isoformat(),
        "back": _back(search),
    }
    return render(request, "surveys/queue_cancellation.html", context)


@require_POST
@for_changers
def send_one_now(request: HttpRequest, member: Member, invitation_id: UUID) -> HttpResponse:
    found = get_object_or_404(Invitation.objects.visible_to(member), id=invitation_id)
    only = Invitation.objects.visible_to(member).filter(id=found.id)
    _say(request, send_now(only, member.user_id, timezone.now()), "on its way")
    return redirect("surveys:survey", invitation_id)


def _rows(mails: Sequence[Mail], now: datetime) -> list[Row]:
    related = ("template", "reminder", "survey__campaign", "survey__customer", "survey__facts_then")
    found = Invitation.objects.select_related(*related).in_bulk([mail.id for mail in mails])
    decided = _decisions([one for one in found.values() if not one.is_reminder])
    rows: list[Row] = []
    for mail in mails:
        if invitation := found.get(mail.id):
            invitation.mail = mail
            wait = why_waits(mail, now)
            is_planned = wait is Wait.TIME and "hastened_at" not in mail.detail
            words = decided.get(invitation.id, "") if is_planned else ""
            rows.append((invitation, wait, words or wait.words))
    return rows


def _decisions(invitations: Sequence[Invitation]) -> dict[UUID, str]:
    """Return what these wait for, as the decisions say that scheduled them."""
    surveys = {(one.survey.campaign_id, one.survey.occasion_id): one.id for one in invitations}
    rows = Decision.objects.filter(
        campaign_id__in={campaign_id for campaign_id, _ in surveys},
        occasion_id__in={occasion_id for _, occasion_id in surveys if occasion_id},
        reason=Reason.SCHEDULED,
    )
    words = {
        surveys.get((row.campaign_id, row.occasion_id)): WAITS_FOR.get(
            row.detail.get("waits_for"), ""
        )
        for row in rows
    }
    return {id_: said for id_, said in words.items() if id_}


def _say(request: HttpRequest, number: int, done: str, asked: int = 1) -> None:
    surveys = "1 survey is" if number == 1 else f"{number:,} surveys are"
    if number:
        messages.success(request, f"{surveys} {done}.")
    if number < asked:
        messages.warning(
            request,
            "What was being sent already, was due, or is held by a pause was left as it is.",
        )


def _back(search: QueueSearch) -> str:
    query = urlencode(search.query)
    return reverse("surveys:queue") + (f"?{query}" if query else "")
