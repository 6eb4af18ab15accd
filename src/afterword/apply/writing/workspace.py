"""A whole workspace as a file has it, and the pictures that go with the file."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from afterword.apply.loop import people_of
from afterword.apply.writing.campaign import campaign_as_written
from afterword.apply.writing.followups import (
    autoresponder_as_written,
    notification_as_written,
    webhook_as_written,
)
from afterword.apply.writing.template import template_as_written
from afterword.apply.writing.text import as_yaml, given, with_plain_lines
from afterword.feedback.loop.forms import what_is_missing
from afterword.feedback.loop.models import AssignmentRule
from afterword.followups.autoresponders.models import Autoresponder
from afterword.followups.notifications.models import Notification
from afterword.followups.webhooks.models import Webhook
from afterword.hooks.models import Hook
from afterword.survey_templates.models import Logo, workspace_brand
from afterword.workspaces.models import Workspace

_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
_Rules = dict[str, list[dict[str, Any]]]


@dataclass(slots=True)
class Written:
    """`content` is the file's, as it is parsed; logos have their paths beside it."""

    content: dict[str, Any] = field(default_factory=dict)
    logos: dict[str, Logo] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return as_yaml(self.content)


def write(workspace: Workspace) -> Written:
    """Return everything that `apply` knows of a workspace, with a fixed number of queries.

    Logos' bytes are not read until somebody asks for them.
    """
    found = Written()

    def logo_name(logo: Logo) -> str:
        name = f"logos/{logo.digest[:16]}.{_ENDINGS[logo.media_type]}"
        found.logos[name] = logo
        return name

    rules = _rules(workspace)
    templates = workspace.templates.select_related("logo").defer("logo__content")
    campaigns = workspace.campaigns.select_related("template").prefetch_related(
        "reminders__template"
    )
    content = {
        "workspace": _settings(workspace),
        **given(
            {
                "brand": _brand(workspace, logo_name),
                "properties": [
                    given({"name": each.name, "type": each.type, "description": each.description})
                    for each in workspace.properties.order_by("name")
                ],
                "templates": [
                    template_as_written(each, logo_name) for each in templates.order_by("key")
                ],
                "campaigns": [
                    {**campaign_as_written(each), **rules.get(each.id, {})}
                    for each in campaigns.order_by("key")
                ],
                **rules.get(None, {}),
                "close_the_loop": _loop(workspace),
                "inbound_webhooks": [_hook(each) for each in _hooks(workspace)],
                "tokens": [
                    {"name": each.name, "scope": each.scope}
                    for each in workspace.tokens.live().order_by("name")
                ],
            }
        ),
    }
    found.content = with_plain_lines(content)
    return found


def _hooks(workspace: Workspace) -> Iterable[Hook]:
    return workspace.hooks.select_related("campaign").order_by("name", "created_at", "id")


def _hook(hook: Hook) -> dict[str, Any]:
    """Its address is a secret."""
    found = {
        "name": hook.name,
        "scope": hook.scope,
        "campaign": hook.campaign.key if hook.campaign else "",
        "service": hook.service,
        "fields": hook.mapping,
    }
    return {**given(found), "active": hook.is_on}


def _settings(workspace: Workspace) -> dict[str, Any]:
    budget = {"surveys": workspace.fatigue_surveys, "days": workspace.fatigue_days}
    return {
        "name": workspace.name,
        "time_zone": workspace.time_zone,
        **given({"fatigue": given(budget), "sender_address": workspace.sender_address}),
        "own_people": list(workspace.own_people),
        "keep_unsent_properties": workspace.keeps_unsent_properties,
        "max_mails_per_day": workspace.max_mails_per_day,
        "max_event_age_days": workspace.max_event_age_days,
        "address_wait_minutes": workspace.address_wait_minutes,
        "open_tracking": workspace.tracks_opens,
    }


def _brand(workspace: Workspace, logo_name: Any) -> dict[str, Any]:
    brand = workspace_brand(workspace)
    if brand is None:
        return {}
    return given(
        {
            "logo": logo_name(brand.logo) if brand.logo else brand.logo_url,
            "colour": brand.colour,
            "sender_name": brand.sender_name,
            "footer": brand.footer,
        }
    )


def _loop(workspace: Workspace) -> dict[str, Any]:
    rule = AssignmentRule.objects.filter(workspace=workspace).first()
    if rule is None:
        return {}
    # Whoever can follow nothing up any more is left out: the file is to be one that can be applied.
    people = {user_id: address for address, user_id in people_of(workspace).items()}
    one = rule.user_id if rule.user_id in people else None
    several = [user_id for user_id in rule.users if user_id in people]
    found = {
        "to": rule.to,
        "member": people[one] if one else "",
        "members": [people[user_id] for user_id in several],
        "owner_property": rule.owner_property,
        "due_hours": rule.due_hours,
    }
    columns = {"to": rule.to, "user_id": one, "users": several}
    columns["owner_property"] = rule.owner_property
    is_on = rule.enabled_at is not None and not what_is_missing(columns)
    return {"active": is_on, **given(found)}


def _rules(workspace: Workspace) -> dict[UUID | None, _Rules]:
    """Return the follow-ups by campaign, and by None those of the whole workspace."""
    people = {one.user_id: one.user.email for one in workspace.members.select_related("user")}
    found: dict[UUID | None, _Rules] = defaultdict(lambda: defaultdict(list))

    def of(model: Any) -> Any:
        return model.objects.filter(workspace=workspace).order_by("created_at", "id")

    for notification in of(Notification):
        written = notification_as_written(notification, people)
        found[notification.campaign_id]["notifications"].append(written)
    for autoresponder in of(Autoresponder):
        written = autoresponder_as_written(autoresponder)
        found[autoresponder.campaign_id]["autoresponders"].append(written)
    for webhook in of(Webhook):
        found[webhook.campaign_id]["webhooks"].append(webhook_as_written(webhook))
    return {id_: dict(rules) for id_, rules in found.items()}
