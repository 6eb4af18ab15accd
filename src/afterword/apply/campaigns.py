"""Make campaigns as their file says."""

from collections.abc import Mapping
from typing import Any

from afterword.apply.followups import audience_of, make_followups
from afterword.apply.outcome import Outcome
from afterword.apply.reminders import make_reminders
from afterword.apply.store import store
from afterword.apply.things import CampaignSpec
from afterword.campaigns.activation import activate, deactivate
from afterword.campaigns.archive import archive, bring_back
from afterword.campaigns.models import Campaign, Channel
from afterword.core.ids import new_link_token
from afterword.customers.values import PropertyType
from afterword.survey_templates.models import Template


def make_campaign(
    campaign: Campaign,
    spec: CampaignSpec,
    templates: Mapping[str, Template],
    types: Mapping[str, PropertyType],
    outcome: Outcome,
) -> None:
    """Make a campaign, new or not, as its file says, and tell what that changed."""
    template = templates[spec.template_key] if spec.template_key else None
    columns = {
        **spec.columns,
        "template_id": template and template.id,
        "link_token": campaign.link_token or _new_link(spec.columns),
        "audience": audience_of(campaign.audience, spec.audience, types),
    }
    back = _bring_back(campaign, spec.archived)
    changed = store(campaign, columns)
    reminded = make_reminders(campaign, spec.reminders, templates)
    followed, secrets = make_followups(campaign.workspace, campaign, spec.followups, types)
    switched = _switch(campaign, spec.active)
    gone = _archive(campaign, spec.archived)
    outcome.tell(
        f"campaign {spec.key}",
        None if changed is None else [*changed, *reminded, *followed, *switched, *back, *gone],
    )
    for name, secret in secrets.items():
        outcome.tell(f"webhook {name} of {spec.key}", None, secret)


def _new_link(columns: dict[str, Any]) -> str | None:
    """The secret of a link campaign's address, which is made once."""
    return new_link_token() if columns["channel"] == Channel.LINK else None


def _switch(campaign: Campaign, active: bool | None) -> list[str]:
    """Switch the campaign on or off where it is not yet so; return what that changed."""
    if active is None or active == campaign.is_active:
        return []
    if active:
        missing = activate(campaign)
        assert not missing, missing  # the checks have seen to it
    else:
        deactivate(campaign)
    return ["active"]


def _bring_back(campaign: Campaign, archived: bool | None) -> list[str]:
    if archived is not False or not campaign.is_archived:
        return []
    bring_back(campaign)
    campaign.archived_at = None
    return ["archived"]


def _archive(campaign: Campaign, archived: bool | None) -> list[str]:
    if not archived or campaign.is_archived:
        return []
    archive(campaign)
    return ["archived"]
