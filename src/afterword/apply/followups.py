"""Make a campaign's notifications, autoresponders and webhooks as its file says."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from afterword.apply.things import CampaignSpec, GroupSpec, RuleSpec
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

_KINDS: dict[str, type[Rule]] = {
    "notifications": Notification,
    "autoresponders": Autoresponder,
    "webhooks": Webhook,
}


def audience_of(spec: GroupSpec, types: Mapping[str, PropertyType]) -> dict[str, Any]:
    """Return the audience in the words in which it is stored, however the file puts it."""
    return compile_audience(spec.definition, types).definition if spec.filters else {}


def make_followups(
    campaign: Campaign, spec: CampaignSpec, types: Mapping[str, PropertyType]
) -> tuple[list[str], dict[str, str]]:
    """Return the kinds that this changed, and the secrets of new webhooks by their names.

    A rule is told by its name, or else by what it is: where to, or after what. Those that the
    file does not name are removed, of a kind that it names at all.
    """
    changed: list[str] = []
    secrets: dict[str, str] = {}
    for kind, model in _KINDS.items():
        specs = spec.followups.get(kind)
        if specs is not None and _make(campaign, model, specs, types, secrets):
            changed.append(kind)
    return changed, secrets


def _make(
    campaign: Campaign,
    model: type[Rule],
    specs: Sequence[RuleSpec],
    types: Mapping[str, PropertyType],
    secrets: dict[str, str],
) -> bool:
    rows = model._default_manager.filter(campaign=campaign).order_by("created_at", "id")
    before: dict[object, Rule] = {}
    spare: list[Rule] = []
    for row in rows:
        if before.setdefault(_key(row), row) is not row:
            spare.append(row)
    changed = False
    for spec in specs:
        rule = before.pop(spec.key, None)
        is_new = rule is None
        rule = rule or model(workspace_id=campaign.workspace_id, campaign=campaign)
        rule.workspace = campaign.workspace
        changed |= _store(rule, spec, audience_of(spec.audience, types))
        if is_new and isinstance(rule, Webhook) and not spec.secret:
            secrets[str(rule)] = rule.secret
    for rule in [*before.values(), *spare]:
        forget(rule)
        changed = True
    return changed


def _key(rule: Rule) -> object:
    if rule.name:
        return rule.name
    if isinstance(rule, Webhook):
        return rule.url
    if isinstance(rule, Notification):
        return (rule.channel, rule.frequency, *rule.addresses, *rule.events)
    return (*rule.events, rule.score_min, rule.score_max)


def _store(rule: Rule, spec: RuleSpec, audience: dict[str, Any]) -> bool:
    columns = {**spec.columns, "audience": audience}
    differs = [name for name, value in columns.items() if getattr(rule, name) != value]
    for name in differs:
        setattr(rule, name, columns[name])
    changed = bool(differs) or rule._state.adding or rule.is_enabled != spec.active
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
        elif spec.secret and _read(lambda: rule.secret) != spec.secret:
            rule.sealed_secret = seal(spec.secret)
            rule.headers = spec.headers
            return True
        if _read(lambda: rule.headers) != spec.headers:
            rule.headers = spec.headers
            return True
    if not isinstance(rule, Notification):
        return False
    changed = False
    for name in ("slack_url", "slack_token"):
        given = getattr(spec, name)
        if given and _read(lambda name=name: getattr(rule, name)) != given:
            setattr(rule, f"sealed_{name}", seal(given))
            changed = True
    return changed


def _read(secret: Any) -> Any:
    try:
        return secret()
    except Unreadable:
        return None
