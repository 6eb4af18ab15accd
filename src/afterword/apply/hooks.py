"""Make inbound webhooks as a workspace's file says."""

from collections.abc import Iterable, Mapping

from django.utils import timezone

from afterword.apply.outcome import Outcome
from afterword.apply.things import HookSpec
from afterword.campaigns.models import Campaign
from afterword.hooks.models import Hook
from afterword.hooks.presets import HOOKED
from afterword.hooks.setup import address_of, make_for

_FIELD_OF = {"mapping": "fields", "campaign_id": "campaign"}


def make_hook(outcome: Outcome, spec: HookSpec, campaigns: Mapping[str, Campaign]) -> None:
    """Make or change the webhook of that name, and tell what that did."""
    workspace = outcome.workspace
    rows = workspace.hooks.filter(name=spec.name)
    hook = rows.order_by("created_at", "id").first() or Hook(workspace=workspace, name=spec.name)
    campaign = campaigns.get(spec.campaign_key)
    wanted = {**spec.columns, "campaign_id": campaign.id if campaign else None}
    changed = [name for name, value in wanted.items() if getattr(hook, name) != value]
    for name in changed:
        setattr(hook, name, wanted[name])
    if spec.active != hook.is_on:
        hook.switched_off_at = None if spec.active else timezone.now()
        changed.append("active")
    is_new = hook._state.adding
    if is_new or changed:
        hook.save()
    words = [_FIELD_OF.get(name, name) for name in changed]
    thing = f"inbound webhook {hook}"
    outcome.tell(thing, None if is_new else words, address_of(hook) if is_new else "")


def make_addresses(outcome: Outcome, campaigns: Iterable[Campaign]) -> None:
    """Give each campaign that a service calls an address, as choosing the service does."""
    for campaign in campaigns:
        if campaign.service in HOOKED and (made := make_for(campaign)):
            outcome.tell(f"inbound webhook {made}", None, address_of(made))
