"""How many customers the audience in the editor matches, while its filters are typed."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from afterword.audience.count import count
from afterword.audience.fields import event_property
from afterword.campaigns.editor.audience_form import AudienceForm
from afterword.campaigns.editor.sections import types_of
from afterword.campaigns.models import Campaign
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def audience_count(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    """Count what is stored, or what is posted: that is a long question and changes nothing."""
    campaign = get_object_or_404(Campaign.objects.visible_to(member), id=campaign_id)
    typed = request.POST if request.method == "POST" else None
    audience = AudienceForm(campaign, types_of(member), typed).audience
    counted = count(member.workspace, audience, timezone.now()) if audience else None
    asked = counted.asked_of_the_event if counted else ()
    return render(
        request,
        "campaigns/audience_count.html",
        {"counted": counted, "of_event": [event_property(field) for field in asked]},
    )
