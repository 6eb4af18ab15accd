"""The names of events that applications sent lately, whether or not a campaign listens."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from afterword.campaigns.models import Campaign
from afterword.events.models import EventCount
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member

DAYS = 14
LISTED = 200


def names_seen(workspace_id: UUID, now: datetime) -> "QuerySet[EventCount, dict[str, object]]":
    """Return each name, the latest first: its `matched`, `unmatched`, `total` and `last_seen`."""
    since = (now - timedelta(days=DAYS)).date()
    return (
        EventCount.objects.filter(workspace_id=workspace_id, day__gt=since)
        .values("name")
        .annotate(
            total=Sum("matched") + Sum("unmatched"),
            last_seen=Max("last_seen_at"),
            matched=Sum("matched"),
            unmatched=Sum("unmatched"),
        )
        .order_by("-last_seen", "name")[:LISTED]
    )


@require_safe
@never_cache
@for_members
def seen(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    """A piece of the campaign editor: names to choose from."""
    campaign = get_object_or_404(Campaign.objects.visible_to(member), id=campaign_id)
    names = names_seen(member.workspace_id, timezone.now())
    return render(request, "events/seen.html", {"names": names, "chosen": campaign.events})
