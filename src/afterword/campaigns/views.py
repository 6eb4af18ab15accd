"""The pages of campaigns: a new one, on and off, a copy, the archive, deletion."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from afterword.campaigns.activation import (
    activate,
    day_they_wait_for,
    deactivate,
    how_many_today,
    what_is_missing,
)
from afterword.campaigns.archive import archive, bring_back
from afterword.campaigns.creation import create_campaign, delete_campaign
from afterword.campaigns.duplicate import duplicate
from afterword.campaigns.editor.forms import NewCampaignForm
from afterword.campaigns.models import Campaign, CampaignType, Channel
from afterword.survey_templates.metrics import SCALES, Metric
from afterword.web.way_back import onward
from afterword.workspaces.access import for_changers
from afterword.workspaces.models import Member


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def new_campaign(request: HttpRequest, member: Member) -> HttpResponse:
    event = request.GET.get("event", "")
    initial = {"event": event, "name": f"After {event}"[:100]} if event else {}
    form = NewCampaignForm(member.workspace, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        campaign = create_campaign(
            member.workspace,
            given["name"],
            Metric(given["metric"]),
            CampaignType(given["type"]),
            Channel(given["channel"]),
            event=given["event"],
        )
        return redirect("campaigns:edit", campaign.id)
    return render(
        request,
        "campaigns/new.html",
        {"form": form, "scales": SCALES},
        status=422 if form.is_bound else 200,
    )


@require_POST
@for_changers
def activation(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    campaign = _campaign(member, campaign_id)
    mails_at_once = campaign.is_regular and not campaign.is_in_app
    if mails_at_once and "sure" not in request.POST and not what_is_missing(campaign):
        now = timezone.now()
        waits = {
            "campaign": campaign,
            "count": how_many_today(campaign, now),
            "day": day_they_wait_for(campaign, now),
        }
        return render(request, "campaigns/activation.html", waits)
    missing = activate(campaign)
    if missing:
        messages.error(request, f"{campaign.name} cannot be switched on yet: something is missing.")
        return redirect("campaigns:edit", campaign.id)  # which lists what, and where to mend it
    what = "it asks who is due" if campaign.is_regular else "its events trigger surveys"
    if campaign.is_link:
        what = "whoever opens its link is asked"
    elif campaign.is_in_app:
        what = "its customers are asked within your application"
    messages.success(request, f"{campaign.name} is on: {what} from now on.")
    return redirect(onward(request) or reverse("campaigns:edit", args=[campaign.id]))


@require_POST
@for_changers
def deactivation(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    campaign = _campaign(member, campaign_id)
    deactivate(campaign)
    messages.success(
        request, f"{campaign.name} is off: it asks nobody, and what waits is not sent."
    )
    return redirect(onward(request) or reverse("campaigns:edit", args=[campaign.id]))


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def deletion(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    campaign = _campaign(member, campaign_id)
    refusal = delete_campaign(campaign) if request.method == "POST" else None
    if request.method == "POST" and not refusal:
        messages.success(request, f"The campaign {campaign.name} is deleted.")
        return redirect("campaigns:list")
    return render(
        request,
        "campaigns/deletion.html",
        {"campaign": campaign, "refusal": refusal},
        status=409 if refusal else 200,
    )


@require_POST
@for_changers
def copy(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    made = duplicate(_campaign(member, campaign_id))
    messages.success(request, f"{made.name} is made. It is off: change what should be different.")
    return redirect("campaigns:name", made.id)


@require_POST
@for_changers
def archival(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    campaign = _campaign(member, campaign_id)
    archive(campaign)
    messages.success(request, f"{campaign.name} is in the archive, and off. Its answers stay.")
    return redirect("campaigns:list")


@require_POST
@for_changers
def return_(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    campaign = _campaign(member, campaign_id)
    bring_back(campaign)
    messages.success(request, f"{campaign.name} is back. It is off until you switch it on.")
    return redirect("campaigns:edit", campaign.id)


def _campaign(member: Member, campaign_id: UUID) -> Campaign:
    return get_object_or_404(
        Campaign.objects.visible_to(member).select_related("template", "workspace"), id=campaign_id
    )
