"""The editor's last section: how events come here, with a key that is made on the spot."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from afterword.campaigns.channels.in_app.setup import show_in_app_setup
from afterword.campaigns.editor.later_setups import later_setup
from afterword.campaigns.editor.sections import find_campaign, show_section
from afterword.campaigns.editor.snippets import fill
from afterword.campaigns.models import Campaign, Service
from afterword.workspaces.access import for_administrators, for_members
from afterword.workspaces.models import Member, Scope, Token
from afterword.workspaces.tokens import make_token

LONGEST_NAME = 100


@require_safe
@for_members
def setup(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    campaign = find_campaign(request, member, campaign_id)
    if campaign.is_in_app:
        return show_in_app_setup(request, member, campaign)
    return show_setup(request, campaign)


@never_cache
@require_POST
@for_administrators
@transaction.atomic
def new_key(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    """Make a key and show it within the snippets, this once: only its hash is kept."""
    campaign = find_campaign(request, member, campaign_id)
    asked = request.POST.get("scope", "")
    scope = Scope(asked) if asked in (Scope.BROWSER, Scope.WRITE) else Scope.INGEST
    made = make_token(member.workspace, _name(campaign), scope, member.user)
    if campaign.is_in_app:
        return show_in_app_setup(request, member, campaign, made)
    return show_setup(request, campaign, made=made)


def show_setup(
    request: HttpRequest,
    campaign: Campaign,
    test_event: BaseForm | None = None,
    made: tuple[Token, str] | None = None,
) -> HttpResponse:
    """Show how events are sent, with the test event that could not be, or the key just made."""
    if brought := later_setup(campaign.service):
        context = dict(brought.context(campaign))
        return show_section(
            request, campaign, "setup", test_event, template=brought.template, **context
        )
    token, secret = made or (None, "")
    is_browser = token is not None and token.scope == Scope.BROWSER
    keys = ("", secret) if is_browser else (secret, "")
    return show_section(
        request,
        campaign,
        "setup",
        test_event,
        template="campaigns/setup_api.html" if campaign.service == Service.API else "",
        is_segment=campaign.service == Service.SEGMENT,
        made=token,
        secret=secret,
        **fill(settings.BASE_URL, campaign.id, campaign.events, *keys),
    )


def _name(campaign: Campaign) -> str:
    """Return a name that no live token of the workspace has."""
    taken = set(Token.objects.visible_to(campaign).live().values_list("name", flat=True))
    name, number = campaign.name, 1
    while name in taken:
        number += 1
        ending = f" {number}"
        name = campaign.name[: LONGEST_NAME - len(ending)] + ending
    return name
