"""What only the workspace can tell to be wrong with its file's follow-ups."""

from afterword.apply.followups import KINDS, known_headers, members_by_address, paired
from afterword.apply.things import FollowupSpecs, RuleSpec
from afterword.campaigns.models import Campaign
from afterword.followups.notifications.models import By, Notification
from afterword.followups.rules import Rule
from afterword.followups.webhooks.models import Webhook
from afterword.workspaces.models import Workspace


def check_followups(
    workspace: Workspace | None,
    campaign: Campaign | None,
    specs: FollowupSpecs,
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


def _check_secrets(spec: RuleSpec, rule: Rule | None) -> None:
    known = known_headers(rule) if isinstance(rule, Webhook) else {}
    for name, value in spec.headers.items():
        if value is None and name not in known:
            spec.source.refuse("headers", f"The value of {name} is not here yet: write it.")
    if spec.columns.get("channel") != By.SLACK or spec.slack_url:
        return
    if not (isinstance(rule, Notification) and rule.sealed_slack_url):
        spec.source.refuse("slack_url", "This is needed: the address of Slack's incoming webhook.")


def _check_members(spec: RuleSpec, workspace: Workspace | None) -> None:
    known = members_by_address(workspace, spec.members) if workspace else {}
    for address in spec.members:
        if address not in known:
            spec.source.refuse("members", f"{address} is no member of the workspace.")
