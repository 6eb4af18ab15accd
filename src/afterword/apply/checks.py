"""What only the whole file, and the workspace it is for, can tell to be wrong."""

from collections.abc import Mapping

from afterword.apply.existing import Existing
from afterword.apply.fields import Fields
from afterword.apply.filter_checks import check_filter
from afterword.apply.followup_checks import check_followups
from afterword.apply.loop import check_loop
from afterword.apply.things import CampaignSpec, HookSpec, ReminderSpec, WorkspaceFile
from afterword.campaigns.activation import what_is_missing
from afterword.campaigns.models import Campaign, CampaignType, Channel, ReminderWhen
from afterword.customers.values import PropertyType
from afterword.mail.models import SenderDomain
from afterword.survey_templates.metrics import SCALES, Metric
from afterword.survey_templates.models import Template

# What decides whether a campaign may be on.
_SEEN_TO = ("channel", "type", "service", "events", "first_after_days", "every_days")


def check(file: WorkspaceFile, existing: Existing) -> None:
    """Add what is wrong to the file's problems; changes nothing."""
    _check_kinds(file, existing)
    types = property_types(file, existing)
    templates = _templates(file, existing)
    for campaign in file.campaigns:
        for each in campaign.audience.each_filter():
            check_filter(each, types)
        _check_target(campaign, types)
        _check_template(campaign, templates)
        for reminder in campaign.reminders:
            _check_reminder(reminder, campaign, templates)
        _check_active(campaign, templates, existing)
        had = existing.campaigns.get(campaign.key)
        check_followups(existing.workspace, had, campaign.followups, types, is_new=had is None)
    check_followups(existing.workspace, None, file.followups, types)
    _check_sender(file, existing)
    if file.loop:
        check_loop(file.loop, existing.workspace)
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
            mend = "change it under Props & Tags, where customers' values follow."
            prop.source.refuse("type", f"The property is already a {was.type}: {mend}")
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
    brings_logo = bool(file.brand and (file.brand.logo or file.brand.logo_url))
    for spec in file.templates:
        had = existing.templates.get(spec.key)
        has_logo = bool(spec.logo or spec.logo_url or brings_logo or (had and had.has_logo))
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
    is_in_app = campaign.columns["channel"] == Channel.IN_APP
    if is_in_app and reminder.when != ReminderWhen.NOT_ANSWERED:
        reminder.source.refuse("when", "Nothing is mailed that could be opened: use not_answered.")
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
    is_away = spec.archived if spec.archived is not None else bool(was and was.is_archived)
    if spec.active and is_away and not spec.archived:
        spec.source.refuse("active", "It is in the archive: write archived: false, too.")
    template = templates.get(spec.template_key)
    if is_away or not will_be_active or (spec.template_key and not template):
        return  # a template that is not there has been told
    planned = Campaign(
        metric=template.metric if template else spec.metric,
        template=template,
        **{name: spec.columns[name] for name in _SEEN_TO},
    )
    for missing in what_is_missing(planned):
        spec.source.refuse("active", missing.text)


def _check_sender(file: WorkspaceFile, existing: Existing) -> None:
    spec, workspace = file.workspace, existing.workspace
    address = spec.columns.get("sender_address")
    if not address or (workspace and workspace.sender_address == address):
        return
    name = address.rpartition("@")[2]
    verified = SenderDomain.objects.filter(
        workspace=workspace, name__iexact=name, verified_at__isnull=False
    )
    if workspace is None or not verified.exists():
        spec.source.refuse(
            "sender_address",
            f"{name} is not a checked sender domain of this workspace: add it in the settings.",
        )


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
