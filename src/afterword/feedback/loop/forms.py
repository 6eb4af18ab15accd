"""The forms of one assignment and of the rule."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from afterword.feedback.loop.assign import Wish
from afterword.feedback.loop.models import MOST_HOURS, NOTE_LIMIT, Assignment, AssignmentRule, To
from afterword.web.conflicts import NoticesOthers
from afterword.workspaces.models import Member, Role, Workspace

USUAL = timedelta(days=2)


def people_of(workspace: Workspace) -> list[tuple[str, str]]:
    """Return who may follow up, as choices: members who may change something."""
    rows = Member.objects.filter(workspace=workspace, user__is_active=True)
    rows = rows.exclude(role=Role.ANALYST).select_related("user").order_by("user__email")
    return [(str(one.user_id), _named(one)) for one in rows]


def _named(member: Member) -> str:
    name, email = member.user.name, str(member.user.email)
    return f"{name} ({email})" if name else email


# By whom a rule assigns: the form's field, the column, and what to say where there is nothing.
_NEEDED: dict[str, tuple[str, str, str]] = {
    To.MEMBER: ("user", "user_id", "Choose the member who gets them."),
    To.TURN: ("users", "users", "Choose at least one member."),
    To.OWNER: ("owner_property", "owner_property", "Write the property's name."),
}


def what_is_missing(columns: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the field that a rule cannot be on without, and what to say of it."""
    field, column, words = _NEEDED.get(columns.get("to", ""), ("", "", ""))
    return (field, words) if column and not columns.get(column) else None


class AssignmentForm(NoticesOthers, forms.Form):
    user = forms.ChoiceField(label="Assigned to")
    due_at = forms.DateTimeField(
        label="Due",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="In the time zone of the workspace. Once it is past, they are reminded.",
    )
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=NOTE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What was said and done. Customers never see it.",
    )

    def __init__(
        self, member: Member, assignment: Assignment | None, now: datetime, data: Any = None
    ) -> None:
        due_at = assignment.due_at if assignment else now + USUAL
        initial = {
            "user": str((assignment.user_id if assignment else member.user_id) or ""),
            "due_at": timezone.localtime(due_at).replace(second=0, microsecond=0, tzinfo=None),
            "note": assignment.note if assignment else "",
        }
        super().__init__(data, initial=initial)
        people = people_of(member.workspace)
        nobody = [] if initial["user"] in dict(people) else [("", "Choose somebody")]
        self.fields["user"].choices = [*nobody, *people]  # type: ignore[attr-defined]

    def clean_due_at(self) -> datetime:
        due_at: datetime = self.cleaned_data["due_at"]
        now = timezone.now()
        if not now - timedelta(days=3_650) < due_at < now + timedelta(days=3_650):
            raise ValidationError("Choose a day within ten years.")
        return due_at

    @property
    def wish(self) -> Wish:
        given = self.cleaned_data
        return Wish(UUID(given["user"]), given["due_at"], given["note"])


class RuleForm(NoticesOthers, forms.Form):
    enabled = forms.BooleanField(label="Assign them by this rule", required=False)
    to = forms.ChoiceField(label="To", choices=To.choices, widget=forms.RadioSelect)
    user = forms.ChoiceField(
        label="Member",
        required=False,
        help_text="Who gets all of them; by owner, those of customers whose owner is no member.",
    )
    users = forms.MultipleChoiceField(
        label="Members in turn", required=False, widget=forms.CheckboxSelectMultiple
    )
    owner_property = forms.CharField(
        label="Property that names the owner",
        required=False,
        max_length=100,
        help_text="Its value is the e-mail address of a member, such as bo@example.com.",
    )
    due_hours = forms.IntegerField(
        label="Hours until it is due",
        min_value=1,
        max_value=MOST_HOURS,
        help_text="48 is two days.",
    )

    def __init__(self, rule: AssignmentRule, data: Any = None) -> None:
        people = people_of(rule.workspace)
        known = dict(people)
        initial = {
            "enabled": rule.enabled_at is not None,
            "to": rule.to,
            "user": str(rule.user_id) if str(rule.user_id) in known else "",
            "users": [str(one) for one in rule.users if str(one) in known],
            "owner_property": rule.owner_property,
            "due_hours": rule.due_hours,
        }
        super().__init__(data, initial=initial)
        self.rule = rule
        self.fields["user"].choices = [("", "Nobody"), *people]  # type: ignore[attr-defined]
        self.fields["users"].choices = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        columns = {**given, "user_id": given.get("user")}
        if given.get("enabled") and (missing := what_is_missing(columns)):
            name, words = missing
            if name not in self.errors:
                self.add_error(name, words)
        return given

    def save(self, now: datetime) -> None:
        """From now on, if it was off; what the clock keeps is not touched."""
        given, rule = self.cleaned_data, self.rule
        if given["enabled"] and rule.enabled_at is None:
            rule.enabled_at, rule.looked_at = now, now
        if not given["enabled"]:
            rule.enabled_at = None
        rule.to, rule.due_hours = given["to"], given["due_hours"]
        rule.user_id = UUID(given["user"]) if given["user"] else None
        rule.users = [UUID(one) for one in given["users"]]
        rule.owner_property = given["owner_property"]
        rule.save()
