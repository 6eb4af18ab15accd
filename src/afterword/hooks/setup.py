"""What a campaign's Setup shows where a service calls an inbound webhook."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse

from afterword.campaigns.editor.later_setups import LaterSetup
from afterword.campaigns.models import Campaign, Service
from afterword.hooks.models import Hook, HookScope
from afterword.hooks.presets import HOOKED, preset_of


def make_for(campaign: Campaign) -> Hook | None:
    """Give the campaign an address for its service, unless it has one; return it if so.

    Those of services chosen before stay: what still posts there asks all the same.
    """
    if Hook.objects.filter(campaign=campaign, service=campaign.service).exists():
        return None
    return Hook.objects.create(
        workspace_id=campaign.workspace_id,
        name=f"{Service(campaign.service).label}: {campaign.name}"[:100],
        scope=HookScope.SURVEY,
        campaign=campaign,
        service=Service(campaign.service),
    )


def address_of(hook: Hook) -> str:
    return settings.BASE_URL + reverse("hooks:door", args=[hook.id])


def _context(campaign: Campaign) -> Mapping[str, Any]:
    hooks = list(campaign.hooks.order_by("created_at", "id"))
    ours = [hook for hook in hooks if hook.service == campaign.service]
    return {
        "hook": ours[0] if ours else None,
        "hook_address": address_of(ours[0]) if ours else "",
        "others": [hook for hook in hooks if hook not in ours[:1]],
        "preset": preset_of(campaign.service),
    }


SETUP = LaterSetup(frozenset(HOOKED), "hooks/setup.html", _context, make_for)
