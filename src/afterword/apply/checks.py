"""What only the whole file, and the workspace it is for, can tell to be wrong."""

from collections.abc import Mapping
from itertools import chain

from afterword.apply.existing import Existing
from afterword.apply.fields import Fields
from afterword.apply.things import (
    CampaignSpec,
    FilterSpec,
    HookSpec,
    ReminderSpec,
    RuleSpec,
    WorkspaceFile,
)
from afterword.audience.definition import check as check_audience
from afterword.audience.definition import compile_audience
from afterword.audience.fields import field_key
from afterword.campaigns.activation import what_is_missing
from afterword.campaigns.models import Campaign, CampaignType, Channel
from afterword.customers.values import PropertyType
from afterword.feedback.whom.filters import FIELDS
from afterword.survey_templates.metrics import SCALES, Metric
from afterword.survey_templates.models import Template


def check(file: WorkspaceFile, existing: Existing) -> None:
    """Add what is wrong to the file's problems; changes nothing."""
    _check_kinds(file, existing)
    types = property_types(file, existing)
    templates = _templates(file, existing)
    for campaign in file.campaigns:
        for each in campaign.audience.each_filter():
            _check_filter(each, types)
        for rule in chain(*(rules or [] for rules in campaign.followups.values())):
            for each in rule.audience.each_filter():
                _check_filter(each, types)
                _check_is_kept(each, types)
            _check_sender(rule, existing)
        _check_target(campaign, types)
        _check_template(campaign, templates)
        for reminder in campaign.reminders:
            _check_reminder(reminder, campaign, templates)
        _check_active(campaign, templates, existing)
    for hook in file.hooks:
        _check_hook(hook, file, existing)


def property_types(file: WorkspaceFile, existing: Existing) -> dict[str, PropertyType]:
    """Return the types of the properties that will be there once the file is applied."""
    known = {name: PropertyType(each.type) for name, each in existing.properties.items()}
    return known | {each.name: PropertyType(each.type) for each in file.properties if each.type}


def _check_target(campaign: CampaignSpec, types: Mapping[str, PropertyType]) -> None:
    name = campaign.columns["target_property"]
    if name and types.get(name) != PropertyType.TEXT:
        campaign.source.refuse(
            "answer_target", f"by: There is no property {name!r} of type text; define it first."
        )


def _check_kinds(file: WorkspaceFile, existing: Existing) -> None:
    """What a thing is cannot change under the rows that depend on it."""
    for prop in file.properties:
        if (was := existing.properties.get(prop.name)) and prop.type not in {"", was.type}:
            _refuse_kind(prop.source, "type", f"The property is already a {was.type}")
    for template in file.templates:
        if (had := existing.templates.get(template.key)) and template.metric not in {
            "",
            had.metric,
        }:
            _refuse_kind(template.source, "metric", f"The template already asks for {had.metric}")
    for campaign in file.campaigns:
        if (ran := existing.campaigns.get(campaign.key)) and campaign.metric not in {
            "",
            ran.metric,
        }:
            _refuse_kind(campaign.source, "metric", f"The campaign already asks for {ran.metric}")
    for token in file.tokens:
        if (made := existing.tokens.get(token.name)) and token.scope not in {"", made.scope}:
            _refuse_kind(token.source, "scope", f"The token already has the scope {made.scope}")


def _refuse_kind(fields: Fields, name: str, fact: str) -> None:
    fields.refuse(name, f"{fact}, which cannot change: make another one.")


def _templates(file: WorkspaceFile, existing: Existing) -> dict[str, Template]:
    """Return stand-ins for the templates that will be there, with what activation looks at."""
    found = dict(existing.templates)
    for spec in file.templates:
        had = existing.templates.get(spec.key)
        has_logo = bool(spec.logo or spec.logo_url or (had and had.has_logo))
        found[spec.key] = Template(
            workspace=existing.workspace,
            key=spec.key,
            name=spec.columns["name"],
            metric=spec.metric,
            logo_url="there" if has_logo else "",
        )
    return found


def _check_template(campaign: CampaignSpec, templates: Mapping[str, Template]) -> None:
    _check_choice(campaign.source, campaign.template_key, campaign.metric, templates)


def _check_reminder(
    reminder: ReminderSpec, campaign: CampaignSpec, templates: Mapping[str, Template]
) -> None:
    _check_choice(reminder.source, reminder.template_key, campaign.metric, templates)
    template = templates.get(reminder.template_key)
    if template and not template.has_logo:
        reminder.source.refuse("template", f"Give {template.name} your company's logo first.")


def _check_choice(source: Fields, key: str, metric: str, templates: Mapping[str, Template]) -> None:
    template = templates.get(key)
    if key and template is None:
        known = ", ".join(sorted(filter(None, templates))) or "none yet"
        source.refuse("template", f"There is no such template; there are: {known}.")
    elif template and template.metric and metric not in {"", template.metric}:
        label = SCALES[Metric(metric)].label
        source.refuse(
            "template", f"It asks for {template.scale.label}; choose one that asks for {label}."
        )


def _check_active(
    spec: CampaignSpec, templates: Mapping[str, Template], existing: Existing
) -> None:
    was = existing.campaigns.get(spec.key)
    will_be_active = spec.active if spec.active is not None else bool(was and was.is_active)
    template = templates.get(spec.template_key)
    if not will_be_active or (spec.template_key and not template):
        return  # a template that is not there has been told
    planned = Campaign(
        metric=template.metric if template else spec.metric,
        template=template,
        channel=spec.columns["channel"],
        type=spec.columns["type"],
        first_after_days=spec.columns["first_after_days"],
        every_days=spec.columns["every_days"],
        service=spec.columns["service"],
        events=spec.columns["events"],
    )
    for missing in what_is_missing(planned):
        spec.source.refuse("active", missing.text)


def _check_hook(spec: HookSpec, file: WorkspaceFile, existing: Existing) -> None:
    """It asks by a transactional campaign that sends by e-mail, or by none."""
    if not spec.campaign_key:
        return
    kinds = {key: (each.type, each.channel) for key, each in existing.campaigns.items()}
    kinds |= {each.key: (each.columns["type"], each.columns["channel"]) for each in file.campaigns}
    if spec.campaign_key not in kinds:
        known = ", ".join(sorted(filter(None, kinds))) or "none yet"
        spec.source.refuse("campaign", f"There is no such campaign; there are: {known}.")
    elif kinds[spec.campaign_key] != (CampaignType.TRANSACTIONAL, Channel.EMAIL):
        spec.source.refuse("campaign", "Name a transactional campaign that sends by e-mail.")


def _check_filter(spec: FilterSpec, types: Mapping[str, PropertyType]) -> None:
    if not spec.definition["field"] or not spec.definition["operator"]:
        return
    for sentence in check_audience({"filters": [spec.definition]}, types):
        problem = sentence.removeprefix("Filter 1: ")
        spec.source.refuse(_culprit(problem), problem)


def _check_is_kept(spec: FilterSpec, types: Mapping[str, PropertyType]) -> None:
    """Rules ask what was kept with an answer, which is less than a customer's row holds."""
    known = {"", *FIELDS, *map(field_key, types)}
    for each in compile_audience({"filters": [spec.definition]}, types).each_filter():
        if each.field not in known:
            spec.source.refuse("field", f"Answers cannot be filtered by {each.field}.")


def _check_sender(spec: RuleSpec, existing: Existing) -> None:
    """Mail comes from an address of a rule's own only where it can be signed."""
    domain = spec.columns.get("sender_address", "").rpartition("@")[2]
    of = existing.workspace and existing.workspace.sender_domains
    if domain and not (of and of.filter(name=domain, verified_at__isnull=False).exists()):
        spec.source.refuse("sender_address", f"{domain} is no verified sender domain.")


def _culprit(problem: str) -> str:
    """Return the field of a filter that its problem is about."""
    if problem.startswith("There is no field"):
        return "field"
    return "operator" if " does not fit " in problem else "value"
