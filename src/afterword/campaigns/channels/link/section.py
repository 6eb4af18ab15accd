"""The editor's section of a link campaign: its address, and what may be added to it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from afterword.campaigns.editor.sections import find_campaign, show_section
from afterword.core.links import campaign_link
from afterword.core.signed_links import key_of
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member, Role

KIOSK_SECONDS = 20
AN_EXAMPLE = "email=ann@example.com&first_name=Ann"


@require_safe
@for_members
def link(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    campaign = find_campaign(request, member, campaign_id)
    address = campaign_link(campaign.link_token) if campaign.link_token else ""
    may_sign = Role(member.role).may_change and bool(campaign.link_token)
    return show_section(
        request,
        campaign,
        "link",
        address=address,
        with_email=f"{address}?{AN_EXAMPLE}",
        kiosk=f"{address}?kiosk={KIOSK_SECONDS}",
        kiosk_seconds=KIOSK_SECONDS,
        signing_key=key_of(campaign.link_token) if may_sign and campaign.link_token else "",
        signed=f"{address}?email=ann@example.com&signature={64 * '0'}",
    )
