"""Who gets no mail, and why: the list, and what members may change about it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afterword.core.keyset import newest_first
from afterword.core.text import clean_text
from afterword.suppressions.forms import EndingForm, Lines, Listing, ListingForm
from afterword.suppressions.models import Suppression, SuppressionReason
from afterword.suppressions.stops import ShownStop, searched, shown
from afterword.suppressions.suppress import Stop, release, suppress_all
from afterword.workspaces.access import for_changers, for_members
from afterword.workspaces.models import Member

BY_MEMBER = "member"
ASKS_FOR_CONSENT = (
    "Only the person may want surveys again: write how they said so, and when. It is kept."
)
ASKS_WHY = "For example: the mailbox works again. It is kept."


@require_safe
@for_members
def suppressions(request: HttpRequest, member: Member) -> HttpResponse:
    return _listed(request, member, ListingForm())


@require_POST
@for_changers
def add(request: HttpRequest, member: Member) -> HttpResponse:
    form = ListingForm(request.POST)
    if not form.is_valid():
        return _listed(request, member, form, status=422)
    lines, now = form.lines(), timezone.now()
    new = suppress_all([_stop(member, listing) for listing in lines.listings], now)
    if lines.listings:
        messages.success(request, _said(lines, len(new)))
    if not lines.refused:
        return redirect("suppressions:list")
    left = ListingForm({**form.cleaned_data, "patterns": "\n".join(lines.refused)})
    for problem in lines.problems[:20]:
        left.add_error("patterns", problem)
    return _listed(request, member, left, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def end(request: HttpRequest, member: Member, suppression_id: UUID) -> HttpResponse:
    """End one, with a note; a complaint only its person ends."""
    rows = Suppression.objects.visible_to(member).filter(ended_at=None)
    suppression = get_object_or_404(rows, id=suppression_id)
    [stop] = shown(member.workspace, [suppression])
    is_unsubscribe = suppression.reason == SuppressionReason.UNSUBSCRIBED
    asks = ASKS_FOR_CONSENT if is_unsubscribe else ASKS_WHY
    form = EndingForm(request.POST or None, is_needed=is_unsubscribe, asks=asks)
    if request.method == "POST" and stop.verb and form.is_valid():
        note = form.cleaned_data["note"]
        release(suppression, how=BY_MEMBER, now=timezone.now(), by=member.user, note=note)
        messages.success(request, _ended(stop))
        return _back(stop)
    status = 200 if request.method != "POST" else 422 if stop.verb else 409
    return render(
        request, "suppressions/suppression_end.html", {"stop": stop, "form": form}, status=status
    )


def _stop(member: Member, listing: Listing) -> Stop:
    return Stop(
        member.workspace_id,
        listing.pattern,
        SuppressionReason.LISTED,
        BY_MEMBER,
        note=listing.note,
        category=listing.category,
        by=member.user,
    )


def _listed(
    request: HttpRequest, member: Member, form: ListingForm, status: int = 200
) -> HttpResponse:
    wanted = clean_text(request.GET.get("q", "")).strip()[:254]
    reason = request.GET.get("reason", "")
    cursor = request.GET.get("after", "")
    shows_ended = request.GET.get("show") == "ended"
    rows = Suppression.objects.visible_to(member).filter(ended_at__isnull=not shows_ended)
    if wanted:
        rows = rows.filter(searched(wanted))
    if reason in SuppressionReason.values:
        rows = rows.filter(reason=reason)
    page = newest_first(rows.select_related("by", "ended_by"), "at", cursor)
    context = {
        "stops": shown(member.workspace, page.rows),
        "after": page.after,
        "cursor": cursor,
        "wanted": wanted,
        "reason": reason,
        "reasons": SuppressionReason.choices,
        "shows_ended": shows_ended,
        "is_filtered": bool(wanted or reason or shows_ended),
        "form": form,
    }
    return render(request, "suppressions/suppressions.html", context, status=status)


def _said(lines: Lines, new: int) -> str:
    known = len({listing.pattern for listing in lines.listings}) - new
    added = f"{new:,} put on the list."
    if known:
        added += f" {known:,} {'was' if known == 1 else 'were'} on it already."
    if lines.refused:
        added += f" {len(lines.refused):,} refused: they are below, to be mended."
    return added


def _ended(stop: ShownStop) -> str:
    pattern = stop.name
    if stop.suppression.reason == SuppressionReason.UNSUBSCRIBED:
        return f"{stop.customer or pattern} may get surveys again."
    return f"{pattern} may get mail again."


def _back(stop: ShownStop) -> HttpResponse:
    if stop.customer:
        return redirect("profiles:profile", stop.customer.id)
    return redirect("suppressions:list")
