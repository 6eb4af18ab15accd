"""A preview beside a rule's form, of what is being typed."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from afterword.followups.pages.section import Section
from afterword.followups.pages.views import find_campaign
from afterword.survey_templates.editor.preview import POLICY
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member


@require_POST
@xframe_options_sameorigin
@for_members
def preview(
    request: HttpRequest, member: Member, section: Section, campaign_id: UUID | None = None
) -> HttpResponse:
    """Draw it. Nothing is saved, so whoever may look may do that."""
    campaign = find_campaign(member, campaign_id)
    if section.preview is None:
        raise Http404
    rule = section.model(workspace=member.workspace, campaign=campaign)
    response = HttpResponse(section.preview(rule, request.POST.dict()))
    response.headers["Content-Security-Policy"] = POLICY
    return response
