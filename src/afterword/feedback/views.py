"""The feedback page, every response, newest first; and the page of what did not become one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterword.campaigns.models import Campaign
from afterword.core.keyset import newest_first
from afterword.feedback.answering.answer import read_score
from afterword.feedback.answering.refused import AnswerRefused
from afterword.feedback.asked import AskedAnswers
from afterword.feedback.found import found
from afterword.feedback.hits.accept import accept
from afterword.feedback.hits.discarded import (
    COUNTED_AT_MOST,
    count_discarded,
    groups_of,
    newest_of_each,
)
from afterword.feedback.loop.find import LABELS
from afterword.feedback.search import BUCKETS, PERIODS, Search
from afterword.survey_templates.metrics import SCALES, Metric
from afterword.surveys.models import Invitation
from afterword.workspaces.access import for_changers, for_members
from afterword.workspaces.models import Member


@require_safe
@for_members
def feedback(request: HttpRequest, member: Member) -> HttpResponse:
    now = timezone.now()
    asked = AskedAnswers.of(member, request.GET)
    if (tidy := asked.whom.tidy_query) is not None:
        return redirect(f"{request.path}?{tidy}")
    cursor = request.GET.get("after", "")
    page = found(asked, member, now, cursor)
    return render(
        request,
        "feedback/list.html",
        {
            "responses": page.rows,
            "after": page.after,
            "cursor": cursor,
            "looked_at": page.looked_at,
            "asked": asked,
            "search": asked.search,
            "customer": asked.customer(member),
            "loop": asked.loop,
            "loops": LABELS,
            "whom": asked.whom,
            "metrics": SCALES,
            "buckets": BUCKETS,
            "periods": PERIODS,
            "campaigns": Campaign.objects.visible_to(member).order_by("name"),
            "discarded": count_discarded(member, now),
            "counted_at_most": COUNTED_AT_MOST,
        },
    )


@require_safe
@for_members
def hits(request: HttpRequest, member: Member) -> HttpResponse:
    """Show the scores that links were fetched with, and that nobody confirmed."""
    campaign_id, now = Search.of(request.GET).campaign_id, timezone.now()
    rows = newest_of_each(member, now).select_related(
        "invitation__mail",
        "invitation__survey__customer",
        "invitation__survey__campaign",
        "invitation__survey__facts_then",
    )
    if campaign_id:
        rows = rows.filter(invitation__survey__campaign_id=campaign_id)
    cursor = request.GET.get("after", "")
    page = newest_first(rows, "at", cursor)
    return render(
        request,
        "feedback/hits.html",
        {
            "groups": groups_of(page.rows, now),
            "after": page.after,
            "cursor": cursor,
            "campaign_id": campaign_id,
            "campaigns": Campaign.objects.visible_to(member).order_by("name"),
        },
    )


@require_POST
@for_changers
def acceptance(request: HttpRequest, member: Member, invitation_id: UUID) -> HttpResponse:
    """Make an answer of a discarded score."""
    rows = Invitation.objects.visible_to(member).select_related("survey")
    invitation = get_object_or_404(rows, id=invitation_id)
    try:
        score = read_score(request.POST.get("score", ""), Metric(invitation.survey.metric))
        accept(invitation, score, member, timezone.now())
    except AnswerRefused as refusal:
        messages.error(request, f"Nothing was changed. {refusal}")
    else:
        messages.success(request, f"{score} is the answer now, and counts from today on.")
    return redirect("feedback:hits")
