"""The editor's last section: how events come here."""

import json
import shlex
from uuid import UUID

from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from afterword.campaigns.editor.sections import find_campaign, show_section
from afterword.campaigns.models import Campaign, Service
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member


@require_safe
@for_members
def setup(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    campaign = find_campaign(request, member, campaign_id)
    return show_setup(request, campaign)


def show_setup(
    request: HttpRequest, campaign: Campaign, test_event: BaseForm | None = None
) -> HttpResponse:
    """Show how events are sent, with the test event that could not be."""
    event = campaign.events[0] if campaign.events else "Order Completed"
    return show_section(
        request,
        campaign,
        "setup",
        test_event,
        is_segment=campaign.service == Service.SEGMENT,
        base_url=settings.BASE_URL,
        protocol=settings.BASE_URL.partition("://")[0],
        host=settings.BASE_URL.partition("://")[2],
        event=json.dumps(event, ensure_ascii=False),
        curl_body=_curl_body(event),
    )


def _curl_body(event: str) -> str:
    """A track call's body as a shell takes it."""
    properties = {"email": "ann@example.com", "firstName": "Ann"}
    call = {"event": event, "userId": "42", "properties": properties}
    return shlex.quote(json.dumps(call, ensure_ascii=False))
