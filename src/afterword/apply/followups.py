"""Make a campaign's notifications, autoresponders and webhooks as its file says."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone

from afterword.apply.store import differs
from afterword.apply.things import FollowupSpecs, GroupSpec, RuleSpec
from afterword.audience.definition import compile_audience
from afterword.campaigns.models import Campaign
from afterword.core.sealed import Unreadable, seal
from afterword.customers.values import PropertyType
from afterword.followups.autoresponders.models import Autoresponder
from afterword.followups.engine.claim import cancel_waiting
from afterword.followups.notifications.digest import next_digest
from afterword.followups.notifications.models import Notification
from afterword.followups.rules import Rule, forget, save
from afterword.followups.webhooks.models import Webhook
from afterword.followups.webhooks.request import new_secret
from afterword.workspaces.models import Workspace

KINDS: dict[str, type[Rule]] = {
    "notifications": Notification,
    "autoresponders": Autoresponder,
    "webhooks": Webhook,
}


def audience_of(
    stored: dict[str, Any], spec: GroupSpec, types: Mapping[str, PropertyType]
) -> dict[str, Any]:
    """Return the audience in the words in which it is stored, however the file puts it.

    One that says the same in other words stays.
    """
    wanted = compile_audience(spec.definition, types) if spec.filters else None
    had = compile_audience(stored, types) if stored.get("filters") else None
    if (wanted and wanted.definition) == (had and had.definition):
        return stored
    return wanted.definition if wanted else {}


def make_followups(
    workspace: Workspace,
    campaign: Campaign | None,
    specs: FollowupSpecs,
    types: Mapping[str, PropertyType],
) -> tuple[list[str], dict[str, str]]:
    """Return the kinds that this changed, and the secrets of new webhooks by their names.

    Without a campaign they are those of the whole workspace. A rule is told by its name, or else
    by what it is: where to, or after what; of several that are told by the same, the first is the
    first. Those that the file does not name are removed, of a kind that it names at all.
    """
    changed: list[str] = []
    secrets: dict[str, str] = {}
    for kind, model in KINDS.items():
        given = specs.get(kind)
        if given is not None and _make(
            workspace, campaign, model, given, types=types, secrets=secrets
        ):
            changed.append(kind)
    return changed, secrets


def paired(
    workspace: Workspace, campaign: Campaign | None, model: type[Rule], specs: Sequence[RuleSpec]
) -> tuple[list[Rule | None], list[Rule]]:
    """Return the rule that each spec is about, None for a new one; and those of no spec."""
    before: dict[object, list[Rule]] = defaultdict(list)
    rows = model._default_manager.filter(workspace=workspace, campaign=campaign)
    for row in rows.order_by("created_at", "id"):
        before[_key(row)].append(row)
    found = [before[spec.key].pop(0) if before[spec.key] else None for spec in specs]
    return found, [rule for rules in before.values() for rule in rules]


def _make(
    workspace: Workspace,
    campaign: Campaign | None,
    model: type[Rule],
    specs: Sequence[RuleSpec],
    *,
    types: Mapping[str, PropertyType],
    secrets: dict[str, str],
) -> bool:
    rules, gone = paired(workspace, campaign, model, specs)
    changed = bool(gone)
    for spec, found in zip(specs, rules, strict=True):
        rule = found or model(workspace=workspace, campaign=campaign)
        changed |= _store(rule, spec, types)
        if found is None and isinstance(rule, Webhook) and not spec.secret:
            secrets[str(rule)] = rule.secret
    for rule in gone:
        forget(rule)
    return changed


def _key(rule: Rule) -> object:
    if rule.name:
        return rule.name
    if isinstance(rule, Webhook):
        return rule.url
    if isinstance(rule, Notification):
        return (rule.channel, rule.frequency, *rule.addresses, *rule.events)
    return (*rule.events, rule.score_min, rule.score_max)


def _store(rule: Rule, spec: RuleSpec, types: Mapping[str, PropertyType]) -> bool:
    columns = {**spec.columns, "audience": audience_of(rule.audience, spec.audience, types)}
    if isinstance(rule, Notification):
        columns["members"] = list(members_by_address(rule.workspace, spec.members).values())
    different = [name for name, value in columns.items() if differs(getattr(rule, name), value)]
    for name in different:
        setattr(rule, name, columns[name])
    changed = bool(different) or rule._state.adding or rule.is_enabled != spec.active
    changed |= _store_secrets(rule, spec)
    if not changed:
        return False
    now = timezone.now()
    if isinstance(rule, Notification):
        rule.digest_at = next_digest(rule, now)
    save(rule, now, enabled=spec.active)
    if not spec.active:
        cancel_waiting(rule, now)
    return True


def _store_secrets(rule: Any, spec: RuleSpec) -> bool:
    """What is encrypted differs each time, so it is compared as it reads."""
    if isinstance(rule, Webhook):
        if not rule.sealed_secret:
            rule.sealed_secret = seal(spec.secret or new_secret())
        known = known_headers(rule)
        wanted = {
            name: known[name] if value is None else value for name, value in spec.headers.items()
        }
        is_resigned = bool(spec.secret) and _read(lambda: rule.secret) != spec.secret
        if is_resigned:
            rule.sealed_secret = seal(spec.secret)
        if known != wanted:
            rule.headers = wanted
        return is_resigned or known != wanted
    if not isinstance(rule, Notification):
        return False
    changed = False
    for name in ("slack_url", "slack_token"):
        given = getattr(spec, name)
        if given and _read(lambda name=name: getattr(rule, name)) != given:
            setattr(rule, f"sealed_{name}", seal(given))
            changed = True
    return changed


def known_headers(rule: Webhook) -> dict[str, str]:
    """Return its headers; none where the key that they were encrypted with is gone."""
    return _read(lambda: rule.headers) or {}


def members_by_address(workspace: Workspace, addresses: Sequence[str]) -> dict[str, UUID]:
    """Return the users' keys of the workspace's members who have these addresses."""
    if not addresses:
        return {}
    rows = workspace.members.filter(user__email__in=addresses)
    found = dict(rows.values_list("user__email", "user_id"))
    return {address: found[address] for address in addresses if address in found}


def _read(secret: Any) -> Any:
    try:
        return secret()
    except Unreadable:
        return None
