"""Who follows up an answer, and the rule of a workspace that says so by itself.

`feedback/models.py` holds the answers, and hands these on.
"""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from afterword.workspaces.models import User, Workspace, WorkspaceRows

MOST_HOURS = 24 * 365
NOTE_LIMIT = 2_000


class Assignment(models.Model):
    """That somebody is to follow up an answer. It is passed on or done, never taken away."""

    response = models.OneToOneField(
        "feedback.Response", models.CASCADE, primary_key=True, related_name="assignment"
    )
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    # None for nobody yet: the rule found none, or whoever it was has no account any more.
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    # Who assigned it; None for the rule.
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    assigned_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True, default="", max_length=NOTE_LIMIT)
    # When it was told that it is overdue: once for each due time.
    reminded_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceRows.as_manager()

    class Meta:
        indexes = (
            models.Index(
                fields=["due_at"],
                condition=models.Q(done_at=None, reminded_at=None),
                name="assignments_to_remind_of",
            ),
            models.Index(
                fields=["workspace", "due_at"],
                condition=models.Q(done_at=None),
                name="assignments_open",
            ),
        )

    def __str__(self) -> str:
        return f"assignment of {self.response_id}"

    def is_overdue(self, now: datetime) -> bool:
        return self.done_at is None and self.due_at <= now


class To(models.TextChoices):
    MEMBER = "member", "Always one member"
    TURN = "turn", "Several members in turn"
    OWNER = "owner", "The customer's owner, as a property has it"


class AssignmentRule(models.Model):
    """Who gets the answers in the lowest category of their metric."""

    workspace = models.OneToOneField(
        Workspace, models.CASCADE, primary_key=True, related_name="assignment_rule"
    )
    # None while it is off. What was answered before is not assigned.
    enabled_at = models.DateTimeField(null=True, blank=True)
    to = models.CharField(max_length=6, choices=To.choices, default=To.MEMBER)
    user = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    users = ArrayField(models.UUIDField(), default=list, blank=True)
    owner_property = models.CharField(max_length=100, blank=True, default="owner")
    due_hours = models.PositiveSmallIntegerField(
        default=48, validators=[MinValueValidator(1), MaxValueValidator(MOST_HOURS)]
    )
    # Whose turn was the last.
    last_user = models.UUIDField(null=True, blank=True)
    # Up to when what came was looked at.
    looked_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceRows.as_manager()

    def __str__(self) -> str:
        return f"assignment rule of {self.workspace_id}"
