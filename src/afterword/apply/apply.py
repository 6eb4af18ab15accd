"""Make a workspace as its file says: all of it, or nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.db import models, transaction

from afterword.apply.checks import check, property_types
from afterword.apply.existing import Existing, load_locked
from afterword.apply.followups import audience_of, make_followups
from afterword.apply.hooks import make_addresses, make_hook
from afterword.apply.reading import read_file
from afterword.apply.reminders import make_reminders
from afterword.apply.things import TemplateSpec, WorkspaceFile
from afterword.campaigns.activation import activate, deactivate
from afterword.campaigns.models import Campaign, Channel
from afterword.core.announce import announce
from afterword.core.ids import new_link_token
from afterword.customers.models import Property
from afterword.feedback.own_people.recount import change_own_people
from afterword.survey_templates.logos import keep_logo
from afterword.survey_templates.models import Template
from afterword.workspaces.models import Scope, Workspace
from afterword.workspaces.tokens import make_token

# Columns by the field that sets them, where that has another name.
_FIELD_OF = {
    "keeps_unsent_properties": "keep_unsent_properties",
    "service": "trigger",
    "events": "trigger",
    "target_answers": "answer_target",
    "target_property": "answer_target",
    "throttle_days": "throttle",
    "throttle_scope": "throttle",
    "fatigue_surveys": "fatigue",
    "fatigue_days": "fatigue",
    "logo_id": "logo",
    "logo_url": "logo",
    "template_id": "template",
    "tracks_opens": "open_tracking",
}


@dataclass(slots=True)
class Outcome:
    """What applying a file did: a line for each thing, and the secrets of new tokens by name."""

    workspace: Workspace
    lines: list[str] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)

    def tell(self, thing: str, changed: list[str] | None) -> None:
        """Note what became of a thing; None says that it is new."""
        if changed is None:
            self.lines.append(f"created {thing}")
        elif changed:
            self.lines.append(f"changed {thing}: {', '.join(dict.fromkeys(changed))}")
        else:
            self.lines.append(f"unchanged {thing}")


def apply_path(path: Path) -> Outcome:
    """Apply the file at `path`; raises FileRefused, and then nothing has changed."""
    return apply(read_file(path))


@transaction.atomic
def apply(file: WorkspaceFile) -> Outcome:
    """Make everything that the file names as it says; raises FileRefused.

    What the file leaves out about a template or a campaign gets its default, but for the logo
    and for whether a campaign is active: those stay, as do things that the file does not name.
    """
    existing = load_locked(file.workspace.name)
    check(file, existing)
    file.problems.refuse_if_any()
    outcome = _apply_workspace(file, existing)
    existing = replace(existing, workspace=outcome.workspace)
    _apply_properties(file, existing, outcome)
    templates = dict(_apply_templates(file, existing, outcome))
    campaigns = dict(_apply_campaigns(file, existing, outcome, {**existing.templates, **templates}))
    _apply_hooks(file, outcome, existing.campaigns, campaigns)
    _apply_tokens(file, existing, outcome)
    announce()
    return outcome


def _apply_workspace(file: WorkspaceFile, existing: Existing) -> Outcome:
    workspace = existing.workspace or Workspace(name=file.workspace.name)
    columns = dict(file.workspace.columns)
    own_people = columns.pop("own_people", workspace.own_people)
    changed = _store(workspace, columns)
    if own_people != workspace.own_people:  # answers count by it
        change_own_people(workspace, own_people)
        changed = None if changed is None else [*changed, "own_people"]
    outcome = Outcome(workspace)
    outcome.tell(f"workspace {workspace.name}", changed)
    return outcome


def _apply_properties(file: WorkspaceFile, existing: Existing, outcome: Outcome) -> None:
    for spec in file.properties:
        is_new = spec.name not in existing.properties
        if is_new:
            Property.objects.create(workspace=outcome.workspace, name=spec.name, type=spec.type)
        outcome.tell(f"property {spec.name}", None if is_new else [])


def _apply_templates(
    file: WorkspaceFile, existing: Existing, outcome: Outcome
) -> Iterator[tuple[str, Template]]:
    for spec in file.templates:
        template = existing.templates.get(spec.key) or Template(
            workspace=outcome.workspace, key=spec.key, metric=spec.metric
        )
        changed = _store(template, {**spec.columns, **_logo_columns(spec, outcome.workspace)})
        outcome.tell(f"template {spec.key}", changed)
        yield spec.key, template


def _logo_columns(spec: TemplateSpec, workspace: Workspace) -> dict[str, Any]:
    if spec.logo:
        return {"logo_id": keep_logo(workspace, spec.logo).id, "logo_url": ""}
    return {"logo_id": None, "logo_url": spec.logo_url} if spec.logo_url else {}


def _apply_campaigns(
    file: WorkspaceFile, existing: Existing, outcome: Outcome, templates: dict[str, Template]
) -> Iterator[tuple[str, Campaign]]:
    types = property_types(file, existing)
    for spec in file.campaigns:
        campaign = existing.campaigns.get(spec.key) or Campaign(
            workspace=outcome.workspace, key=spec.key, metric=spec.metric
        )
        template = templates[spec.template_key] if spec.template_key else None
        columns = {
            **spec.columns,
            "template_id": template and template.id,
            "link_token": campaign.link_token or _new_link(spec.columns),
            "audience": audience_of(spec.audience, types),
        }
        changed = _store(campaign, columns)
        reminded = make_reminders(campaign, spec.reminders, templates)
        followed, secrets = make_followups(campaign, spec, types)
        switched = _switch(campaign, spec.active)
        outcome.tell(
            f"campaign {spec.key}",
            None if changed is None else [*changed, *reminded, *followed, *switched],
        )
        for name, secret in secrets.items():
            outcome.lines.append(f"created webhook {name} of {spec.key}: {secret}")
        yield spec.key, campaign


def _apply_hooks(
    file: WorkspaceFile,
    outcome: Outcome,
    existing: Mapping[str, Campaign],
    applied: Mapping[str, Campaign],
) -> None:
    """What the file does not name stays, as tokens do: something may call it."""
    campaigns = {**existing, **applied}
    outcome.lines += [make_hook(outcome.workspace, spec, campaigns) for spec in file.hooks]
    outcome.lines += make_addresses(applied.values())


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


def _apply_tokens(file: WorkspaceFile, existing: Existing, outcome: Outcome) -> None:
    """Make each token once: one that was revoked since stays away until it is made by hand."""
    for spec in file.tokens:
        made = existing.tokens.get(spec.name)
        if made is not None:
            outcome.tell(f"token {spec.name}" + (" (revoked)" if made.revoked_at else ""), [])
            continue
        _, secret = make_token(outcome.workspace, spec.name, Scope(spec.scope))
        outcome.secrets[spec.name] = secret
        outcome.lines.append(f"created token {spec.name}: {secret}")


def _store(row: models.Model, columns: dict[str, Any]) -> list[str] | None:
    """Save what differs; return the fields that did, None if the row is new."""
    changed = [column for column, value in columns.items() if getattr(row, column) != value]
    for column in changed:
        setattr(row, column, columns[column])
    if row._state.adding:
        row.save()
        return None
    if changed:
        stamps = {"updated_at"} & {column.name for column in row._meta.fields}
        row.save(update_fields=[*changed, *stamps])
    return [_FIELD_OF.get(column, column) for column in changed]
