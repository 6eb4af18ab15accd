"""What a campaign would have done: for its filters while they are typed, and for a whole period."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from afterword.campaigns.editor.audience_form import AudienceForm
from afterword.campaigns.editor.sections import types_of
from afterword.campaigns.models import Campaign
from afterword.decisions.dry_run.form import PeriodForm
from afterword.decisions.dry_run.on_record import first_on_record
from afterword.decisions.dry_run.rehearse import DRY_RUN, count
from afterword.decisions.dry_run.shown import shown
from afterword.decisions.dry_run.would_pass import DAYS, would_pass
from afterword.long_work.models import Work
from afterword.long_work.progress import Progress
from afterword.long_work.start import start
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member, Role


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def passed(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    """Judge by what is stored, or by what is posted: that is a long question, changing nothing."""
    campaign = get_object_or_404(Campaign.objects.visible_to(member), id=campaign_id)
    typed = request.POST if request.method == "POST" else None
    audience = AudienceForm(campaign, types_of(member), typed).audience
    found = None
    if audience and campaign.events:
        found = would_pass(member.workspace_id, campaign.events, audience, timezone.now())
    return render(
        request,
        "decisions/would_pass.html",
        {"campaign": campaign, "audience": audience, "found": found, "days": DAYS},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def dry_run(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    """Choose a period and run; the newest run of the campaign is shown."""
    if request.method == "POST" and not Role(member.role).may_change:
        raise PermissionDenied
    campaign = get_object_or_404(Campaign.objects.visible_to(member), id=campaign_id)
    form = PeriodForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _start(member, campaign, form.cleaned_data["days"])
        return redirect("dry_run:page", campaign.id)
    if request.method == "POST":
        messages.error(request, "Choose a period.")
    runs = Work.objects.visible_to(member).filter(
        kind=DRY_RUN.name, parameters__campaign=str(campaign.id)
    )
    work = runs.select_related("by").order_by("-created_at").first()
    context = {
        "campaign": campaign,
        "form": form,
        "work": work,
        "progress": Progress.of(work, member) if work and work.ended_at is None else None,
        "run": shown(member, work) if work and work.ended_at else None,
        "since": first_on_record(member.workspace_id),
    }
    status = 422 if form.is_bound else 200
    return render(request, "decisions/dry_run.html", context, status=status)


def _start(member: Member, campaign: Campaign, days: int) -> None:
    """Two dry runs of one campaign are no use: the one that runs goes on."""
    running = Work.objects.visible_to(member).filter(
        kind=DRY_RUN.name, parameters__campaign=str(campaign.id), ended_at=None
    )
    if running.exists() or not campaign.events:
        return
    until = timezone.now()
    since = until - timedelta(days=days)
    parameters = {
        "campaign": str(campaign.id),
        "name": campaign.name,
        "events": campaign.events,
        "days": days,
        "since": since.isoformat(),
        "until": until.isoformat(),
    }
    total = count(member.workspace_id, campaign.events, since, until)
    start(member.workspace_id, DRY_RUN, parameters, until, by=member.user, total=total)
