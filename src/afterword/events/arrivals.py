"""The live panel of a campaign's Setup: has the first event come, and what became of it?"""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from afterword.campaigns.models import Campaign
from afterword.events.looks import LOOKS, RECENT, SHOWN, looks_of
from afterword.events.models import Event, EventCount
from afterword.events.search import Search
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member

JUST_NOW = timedelta(minutes=15)


@require_safe
@never_cache
@for_members
def arrivals(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    """Show the campaign's latest events; the panel looks again by itself, whatever it shows."""
    campaign = get_object_or_404(Campaign.objects.visible_to(member), id=campaign_id)
    now = timezone.now()
    rows = Event.objects.visible_to(member).filter(received_at__gte=now - RECENT)
    found = Search(campaign=str(campaign.id)).find(rows)
    events = found.prefetch_related(
        "decisions__campaign", "decisions__event", "surveys__invitations__mail"
    )
    latest = list(events.order_by("-received_at", "-id")[:SHOWN])
    looked = looks_of(request) or 0
    return render(
        request,
        "events/arrivals.html",
        {
            "campaign": campaign,
            "events": latest,
            "others": [] if latest else _others(member, campaign),
            "looked": min(looked, LOOKS) + 1,
            "looks_again": looked < LOOKS,
        },
    )


def _others(member: Member, campaign: Campaign) -> list[str]:
    """Names that came just now and that nobody waits for: perhaps one is misspelt."""
    since = timezone.now() - JUST_NOW
    rows = EventCount.objects.filter(
        workspace_id=member.workspace_id, last_seen_at__gte=since, unmatched__gt=0
    ).exclude(name__in=campaign.events)
    return list(rows.order_by("-last_seen_at").values_list("name", flat=True)[:SHOWN])
