"""Make the rule of who follows answers up as a workspace's file says."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone

from afterword.apply.store import differs
from afterword.apply.things import LoopSpec
from afterword.feedback.loop.forms import what_is_missing
from afterword.feedback.loop.models import AssignmentRule
from afterword.workspaces.models import Member, Role, Workspace


def check_loop(spec: LoopSpec, workspace: Workspace | None) -> None:
    """Refuse people who cannot follow anything up, and a rule that is on and lacks whom."""
    known = people_of(workspace)
    named = [("member", spec.member)] if spec.member else []
    for field, address in [*named, *(("members", one) for one in spec.members or ())]:
        if address not in known:
            spec.source.refuse(
                field, f"{address} is no member of the workspace who may change something."
            )
    columns = _columns(spec, _rule(workspace), known)
    if _is_on(spec, _rule(workspace)) and (missing := what_is_missing(columns)):
        field, words = missing
        spec.source.refuse(_FIELD_OF.get(field, field), words)


def make_loop(workspace: Workspace, spec: LoopSpec) -> list[str] | None:
    """Save what differs; return the fields that did, None where there was no rule."""
    rule = _rule(workspace)
    columns = _columns(spec, rule, people_of(workspace))
    changed = [name for name, value in columns.items() if differs(getattr(rule, name), value)]
    for name in changed:
        setattr(rule, name, columns[name])
    is_on = _is_on(spec, rule)
    if is_on != (rule.enabled_at is not None):
        now = timezone.now()
        rule.enabled_at = now if is_on else None
        rule.looked_at = now if is_on else rule.looked_at
        changed.append("active")
    is_new = rule._state.adding
    if is_new or changed:
        rule.save()
    return None if is_new else [_FIELD_OF.get(name, name) for name in changed]


# Columns by the field that sets them, where that has another name.
_FIELD_OF = {"user_id": "member", "user": "member", "users": "members"}


def _rule(workspace: Workspace | None) -> AssignmentRule:
    found = AssignmentRule.objects.filter(workspace=workspace).first() if workspace else None
    return found or AssignmentRule(workspace=workspace)


def _is_on(spec: LoopSpec, rule: AssignmentRule) -> bool:
    return rule.enabled_at is not None if spec.active is None else spec.active


def people_of(workspace: Workspace | None) -> dict[str, UUID]:
    """Return who may follow answers up, by address."""
    rows = Member.objects.filter(workspace=workspace, user__is_active=True)
    rows = rows.exclude(role=Role.ANALYST)
    return dict(rows.values_list("user__email", "user_id")) if workspace else {}


def _columns(spec: LoopSpec, rule: AssignmentRule, people: Mapping[str, UUID]) -> dict[str, Any]:
    """Return the rule's columns as the file has them; what it leaves out stays."""
    names = ("to", "owner_property", "due_hours", "user_id", "users")
    columns = {name: getattr(rule, name) for name in names} | spec.columns
    if spec.member is not None:
        columns["user_id"] = people.get(spec.member)
    if spec.members is not None:
        columns["users"] = [people[one] for one in spec.members if one in people]
    return columns
