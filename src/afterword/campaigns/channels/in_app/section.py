"""The editor's section of an in-app campaign: its look, its pages, how long it waits."""

from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from afterword.campaigns.channels.in_app.form import PlacementForm
from afterword.campaigns.editor.sections import find_campaign, save_section
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
@transaction.atomic
def in_app(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    campaign = find_campaign(request, member, campaign_id)
    if not campaign.is_in_app:
        raise Http404
    form = PlacementForm(campaign, request.POST or None)
    return save_section(request, campaign, "in_app", form, form.save)
