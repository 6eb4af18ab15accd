"""Resuming a campaign that the sending brake has paused."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterword.campaigns.models import Campaign
from afterword.sending.brake import resume
from afterword.workspaces.access import for_changers
from afterword.workspaces.models import Member


@require_POST
@for_changers
def resumption(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    campaign = get_object_or_404(Campaign.objects.visible_to(member), id=campaign_id)
    resume(campaign.workspace_id, campaign.id, member.user, timezone.now())
    messages.success(
        request, f"{campaign.name} goes on. What was sent before is not held against it any more."
    )
    return redirect("campaigns:edit", campaign.id)
