"""A template as the mail that it makes, for whoever writes it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.html import escape
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from afterword.survey_templates.letters.design import DesignRefused
from afterword.survey_templates.letters.of_template import sample
from afterword.survey_templates.models import Template
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member

# It is a picture of a mail: nothing in it runs or leads anywhere.
POLICY = (
    "sandbox; default-src 'none'; img-src * data:; style-src 'unsafe-inline'; "
    "frame-ancestors 'self'"
)


@require_safe
@xframe_options_sameorigin
@for_members
def preview(_request: HttpRequest, member: Member, template_id: UUID) -> HttpResponse:
    template = get_object_or_404(
        Template.objects.visible_to(member).select_related("workspace"), id=template_id
    )
    try:
        shown = sample(template).html
    except DesignRefused as refusal:
        shown = f"<p>{escape(refusal)}</p>"
    response = HttpResponse(shown)
    response.headers["Content-Security-Policy"] = POLICY
    return response
