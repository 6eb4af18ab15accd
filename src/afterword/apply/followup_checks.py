"""What only the workspace can tell to be wrong with its file's follow-ups."""

from collections.abc import Mapping

from afterword.apply.filter_checks import check_filter
from afterword.apply.followups import KINDS, known_headers, members_by_address, paired
from afterword.apply.things import FilterSpec, FollowupSpecs, RuleSpec
from afterword.audience.definition import compile_audience
from afterword.audience.fields import field_key
from afterword.campaigns.models import Campaign
from afterword.customers.values import PropertyType
from afterword.feedback.whom.filters import FIELDS
from afterword.followups.notifications.form import slack_problem
from afterword.followups.notifications.models import By, Notification
from afterword.followups.rules import Rule
from afterword.followups.webhooks.models import Webhook
from afterword.workspaces.models import Workspace


def check_followups(
    workspace: Workspace | None,
    campaign: Campaign | None,
    specs: FollowupSpecs,
    types: Mapping[str, PropertyType],
    *,
    is_new: bool = False,
) -> None:
    """Refuse secrets that are to stay where there are none yet, and members who are none.

    Without a campaign they are the workspace's own, unless it is a campaign that is new.
    """
    for kind, model in KINDS.items():
        given = specs.get(kind) or []
        found: list[Rule | None] = [None] * len(given)
        if workspace and given and not is_new:
            found, _ = paired(workspace, campaign, model, given)
        for spec, rule in zip(given, found, strict=True):
            _check_secrets(spec, rule)
            _check_members(spec, workspace)
            _check_sender(spec, workspace)
            for each in spec.audience.each_filter():
                check_filter(each, types)
                _check_is_kept(each, types)


def _check_secrets(spec: RuleSpec, rule: Rule | None) -> None:
    known = known_headers(rule) if isinstance(rule, Webhook) else {}
    for name, value in spec.headers.items():
        if value is None and name not in known:
            spec.source.refuse("headers", f"The value of {name} is not here yet: write it.")
    if spec.columns.get("channel") != By.SLACK:
        return
    known_slack = rule if isinstance(rule, Notification) else Notification()
    channel = spec.columns.get("slack_channel", "")
    if channel:
        token = spec.slack_token or ("xoxb-kept" if known_slack.sealed_slack_token else "")
        if problem := slack_problem(token, channel):
            spec.source.refuse(*problem)
    elif not (spec.slack_url or known_slack.sealed_slack_url):
        spec.source.refuse(
            "slack_url",
            "This is needed: the address of Slack's incoming webhook; or slack_token and "
            "slack_channel.",
        )


def _check_members(spec: RuleSpec, workspace: Workspace | None) -> None:
    known = members_by_address(workspace, spec.members) if workspace else {}
    for address in spec.members:
        if address not in known:
            spec.source.refuse("members", f"{address} is no member of the workspace.")


def _check_is_kept(spec: FilterSpec, types: Mapping[str, PropertyType]) -> None:
    """Rules ask what was kept with an answer, which is less than a customer's row holds."""
    known = {"", *FIELDS, *map(field_key, types)}
    for each in compile_audience({"filters": [spec.definition]}, types).each_filter():
        if each.field not in known:
            spec.source.refuse("field", f"Answers cannot be filtered by {each.field}.")


def _check_sender(spec: RuleSpec, workspace: Workspace | None) -> None:
    """Mail comes from an address of a rule's own only where it can be signed."""
    domain = spec.columns.get("sender_address", "").rpartition("@")[2]
    of = workspace and workspace.sender_domains
    if domain and not (of and of.filter(name=domain, verified_at__isnull=False).exists()):
        spec.source.refuse("sender_address", f"{domain} is no verified sender domain.")
