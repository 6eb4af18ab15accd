"""Make a workspace as its file says: all of it, or nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db import transaction

from afterword.apply.campaigns import make_campaign
from afterword.apply.checks import check, property_types
from afterword.apply.differences import tell_differences
from afterword.apply.existing import Existing, load_locked
from afterword.apply.followups import make_followups
from afterword.apply.hooks import make_addresses, make_hook
from afterword.apply.loop import make_loop
from afterword.apply.outcome import Outcome
from afterword.apply.reading import read_file
from afterword.apply.store import differs, store
from afterword.apply.things import BrandSpec, TemplateSpec, WorkspaceFile
from afterword.apply.writing.workspace import write
from afterword.campaigns.models import Campaign
from afterword.core.announce import announce
from afterword.customers.models import Property
from afterword.feedback.own_people.recount import change_own_people
from afterword.survey_templates.document import written
from afterword.survey_templates.logos import keep_logo
from afterword.survey_templates.models import Brand, Template
from afterword.workspaces.models import Scope, Workspace
from afterword.workspaces.tokens import make_token


def apply_path(path: Path) -> Outcome:
    """Apply the file at `path`; raises FileRefused, and then nothing has changed."""
    return apply(read_file(path))


@transaction.atomic
def plan(file: WorkspaceFile) -> Outcome:
    """Return what `apply` would do, by doing it and taking it back; raises FileRefused."""
    outcome = apply(file)
    transaction.set_rollback(True)
    return outcome


@transaction.atomic
def apply(file: WorkspaceFile) -> Outcome:
    """Make everything that the file names as it says; raises FileRefused.

    What the file leaves out about a template or a campaign gets its default, but for the logo
    and for whether a campaign is active or archived: those stay, as do things that the file does
    not name.
    """
    existing = load_locked(file.workspace.name)
    check(file, existing)
    file.problems.refuse_if_any()
    before = write(existing.workspace).content if existing.workspace else {}
    outcome = _apply_workspace(file, existing)
    existing = replace(existing, workspace=outcome.workspace)
    _apply_brand(file, outcome)
    _apply_properties(file, existing, outcome)
    templates = dict(_apply_templates(file, existing, outcome))
    campaigns = dict(_apply_campaigns(file, existing, outcome, {**existing.templates, **templates}))
    _apply_hooks(file, outcome, existing.campaigns, campaigns)
    _apply_followups(file, existing, outcome)
    if file.loop:
        outcome.tell("close the loop", make_loop(outcome.workspace, file.loop))
    _apply_tokens(file, existing, outcome)
    tell_differences(outcome, before, write(outcome.workspace).content)
    announce()
    return outcome


def _apply_workspace(file: WorkspaceFile, existing: Existing) -> Outcome:
    workspace = existing.workspace or Workspace(name=file.workspace.name)
    columns = dict(file.workspace.columns)
    own_people = columns.pop("own_people", workspace.own_people)
    changed = store(workspace, columns)
    if own_people != workspace.own_people:  # answers count by it
        change_own_people(workspace, own_people)
        changed = None if changed is None else [*changed, "own_people"]
    outcome = Outcome(workspace)
    outcome.tell(f"workspace {workspace.name}", changed)
    return outcome


def _apply_brand(file: WorkspaceFile, outcome: Outcome) -> None:
    spec = file.brand
    if spec is None:
        return
    workspace = outcome.workspace
    brand = Brand.objects.filter(workspace=workspace).first() or Brand(workspace=workspace)
    outcome.tell("brand", store(brand, {**spec.columns, **_logo_columns(spec, workspace)}))
    workspace.brand = brand  # whoever asks for a logo sees the new one


def _apply_properties(file: WorkspaceFile, existing: Existing, outcome: Outcome) -> None:
    for spec in file.properties:
        prop = existing.properties.get(spec.name) or Property(
            workspace=outcome.workspace, name=spec.name, type=spec.type
        )
        said = {} if spec.description is None else {"description": spec.description}
        outcome.tell(f"property {spec.name}", store(prop, said))


def _apply_templates(
    file: WorkspaceFile, existing: Existing, outcome: Outcome
) -> Iterator[tuple[str, Template]]:
    for spec in file.templates:
        template = existing.templates.get(spec.key) or Template(
            workspace=outcome.workspace, key=spec.key, metric=spec.metric
        )
        columns = {**spec.columns, **_logo_columns(spec, outcome.workspace)}
        if not differs(written(template.said), columns["document"]):
            columns["document"] = template.document  # the same in other words
        changed = store(template, columns)
        outcome.tell(f"template {spec.key}", changed)
        yield spec.key, template


def _logo_columns(spec: TemplateSpec | BrandSpec, workspace: Workspace) -> dict[str, Any]:
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
        make_campaign(campaign, spec, templates, types, outcome)
        yield spec.key, campaign


def _apply_hooks(
    file: WorkspaceFile,
    outcome: Outcome,
    existing: Mapping[str, Campaign],
    applied: Mapping[str, Campaign],
) -> None:
    """What the file does not name stays, as tokens do: something may call it."""
    campaigns = {**existing, **applied}
    for spec in file.hooks:
        make_hook(outcome, spec, campaigns)
    make_addresses(outcome, applied.values())


def _apply_followups(file: WorkspaceFile, existing: Existing, outcome: Outcome) -> None:
    """Make those of the whole workspace; where there are none, nothing is told."""
    types = property_types(file, existing)
    changed, secrets = make_followups(outcome.workspace, None, file.followups, types)
    if any(specs is not None for specs in file.followups.values()):
        outcome.tell("follow-ups of the workspace", changed)
    for name, secret in secrets.items():
        outcome.tell(f"webhook {name}", None, secret)


def _apply_tokens(file: WorkspaceFile, existing: Existing, outcome: Outcome) -> None:
    """Make each token once: one that was revoked since stays away until it is made by hand."""
    for spec in file.tokens:
        made = existing.tokens.get(spec.name)
        if made is not None:
            note = " (revoked)" if made.revoked_at else ""
            outcome.tell(f"token {spec.name}", [], note=note)
            continue
        _, secret = make_token(outcome.workspace, spec.name, Scope(spec.scope))
        outcome.secrets[spec.name] = secret
        outcome.tell(f"token {spec.name}", None, secret)
