"""Setup of an in-app campaign: the script with its key, who looks at the page, and a live panel."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from afterword.campaigns.channels.in_app.identity import ask_signed_only, identity_of, rotate
from afterword.campaigns.editor.sections import find_campaign, show_section
from afterword.campaigns.editor.snippets import AN_EVENT, NO_BROWSER_KEY, quoted
from afterword.campaigns.models import Campaign, InAppIdentity
from afterword.core.sealed import Unreadable, unseal
from afterword.workspaces.access import for_administrators, for_members
from afterword.workspaces.models import Member, Role, Token

RECENT = timedelta(days=1)
SECRET_IN_WORDS = "YOUR_IN_APP_SECRET"


def show_in_app_setup(
    request: HttpRequest,
    member: Member,
    campaign: Campaign,
    made: tuple[Token, str] | None = None,
) -> HttpResponse:
    """Show the snippets, with the browser key that was just made; the secret to administrators."""
    identity = identity_of(campaign.workspace, timezone.now())
    may_see = Role(member.role).may_administer
    secret = _secret(identity) if may_see else ""
    return show_section(
        request,
        campaign,
        "setup",
        template="campaigns/edit_in_app_setup.html",
        made=made and made[0],
        identity=identity,
        secret=secret,
        is_unreadable=may_see and not secret,
        base_url=settings.BASE_URL,
        browser_key=made[1] if made else NO_BROWSER_KEY,
        secret_in_words=SECRET_IN_WORDS,
        event=quoted(campaign.events[0] if campaign.events else AN_EVENT),
        **_heard(identity),
    )


@require_safe
@never_cache
@for_members
def heard(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    """The live panel: has a page with the script been seen, and who looked at it?"""
    campaign = _in_app(request, member, campaign_id)
    context = _heard(identity_of(campaign.workspace, timezone.now()))
    return render(request, "campaigns/in_app_heard.html", {"campaign": campaign, **context})


@require_POST
@for_administrators
def new_secret(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    """Make a new secret; the page asks before, since the old one is worth nothing then."""
    campaign = _in_app(request, member, campaign_id)
    now = timezone.now()
    if "sure" not in request.POST:
        return render(request, "campaigns/in_app_secret.html", {"campaign": campaign})
    rotate(identity_of(campaign.workspace, now), now)
    messages.success(request, "A new secret is made: put it on your server.")
    return redirect(_setup(campaign))


@require_POST
@for_administrators
def unsigned(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    """Say whether those are asked whose id no server has signed."""
    campaign = _in_app(request, member, campaign_id)
    now, only = timezone.now(), "only_signed" in request.POST
    ask_signed_only(identity_of(campaign.workspace, now), now, only=only)
    asked = "Only signed visitors are asked" if only else "Unsigned visitors are asked, and marked"
    messages.success(request, f"{asked}, in all in-app campaigns.")
    return redirect(_setup(campaign))


def _in_app(request: HttpRequest, member: Member, campaign_id: UUID) -> Campaign:
    campaign = find_campaign(request, member, campaign_id)
    if not campaign.is_in_app:
        raise Http404
    return campaign


def _setup(campaign: Campaign) -> str:
    return reverse("campaigns:setup", args=[campaign.id])


def _secret(identity: InAppIdentity) -> str:
    """Return the secret; "" if the installation's key has changed since it was made."""
    try:
        return unseal(identity.sealed_secret)
    except Unreadable:
        return ""


def _heard(identity: InAppIdentity) -> dict[str, Any]:
    at = identity.heard_at
    is_recent = bool(at and timezone.now() - at < RECENT)
    return {"heard": identity if is_recent else None}
