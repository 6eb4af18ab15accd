"""What a workspace holds before a file is applied to it."""

from dataclasses import dataclass, field

from afterword.campaigns.models import Campaign
from afterword.customers.models import Property
from afterword.survey_templates.models import Template
from afterword.workspaces.models import Token, Workspace


@dataclass(frozen=True, slots=True)
class Existing:
    """Its rows by name or key; of several tokens of one name, the live one, else the newest."""

    workspace: Workspace | None = None
    properties: dict[str, Property] = field(default_factory=dict)
    templates: dict[str, Template] = field(default_factory=dict)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)


def load_locked(name: str) -> Existing:
    """Return what there is, and keep others from changing it by file until we commit."""
    workspace = Workspace.objects.select_for_update().filter(name=name).first()
    if workspace is None:
        return Existing()
    tokens = workspace.tokens.order_by("created_at")
    return Existing(
        workspace,
        {each.name: each for each in workspace.properties.all()},
        {each.key: each for each in workspace.templates.all()},
        {each.key: each for each in workspace.campaigns.all()},
        {each.name: each for each in sorted(tokens, key=lambda token: token.revoked_at is None)},
    )
