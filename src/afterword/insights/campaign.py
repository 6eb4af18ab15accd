"""A campaign's own page: what it brought, and what still waits."""

from uuid import UUID

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from afterword.audience.definition import check
from afterword.campaigns.activation import what_is_missing
from afterword.campaigns.models import Campaign
from afterword.customers.properties import property_types
from afterword.decisions.models import Decision
from afterword.feedback.found import SHOWN
from afterword.feedback.models import Response
from afterword.feedback.search import Search
from afterword.insights.dashboard import reports
from afterword.sending.models import WAITING, Mail
from afterword.sending.paused import pausing
from afterword.surveys.invite import CAMPAIGN
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member, WorkspaceRows

LATEST = 5
NEXT = 5


@require_safe
@for_members
def campaign(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    paused = Exists(pausing(OuterRef("workspace_id"), OuterRef("id")))
    rows = Campaign.objects.visible_to(member).select_related("template").annotate(is_paused=paused)
    found = get_object_or_404(rows, id=campaign_id)
    now = timezone.now()
    answers = Response.objects.visible_to(member).filter(campaign_id=campaign_id)
    waiting = _waiting(member, campaign_id)
    return render(
        request,
        "insights/campaign.html",
        {
            "campaign": found,
            "missing": what_is_missing(found),
            "unusable": check(found.audience, property_types(member.workspace_id)),
            "report": next(iter(reports(member, Search(campaign_id=campaign_id), now)), None),
            "latest": answers.select_related(*SHOWN).order_by("-created_at", "-id")[:LATEST],
            "waiting": waiting.count(),
            "next_mails": waiting.order_by("due_at", "id")[:NEXT],
            "was_decided": Decision.objects.filter(campaign_id=campaign_id).exists(),
        },
    )


def _waiting(member: Member, campaign_id: UUID) -> WorkspaceRows[Mail]:
    return Mail.objects.visible_to(member).filter(
        stream_kind=CAMPAIGN, stream_id=campaign_id, state__in=WAITING
    )
