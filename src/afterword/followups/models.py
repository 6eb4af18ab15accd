"""Deliveries: what one rule owes for one happening, and each try to bring it."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from afterword.core.ids import new_id
from afterword.followups.autoresponders.models import Autoresponder
from afterword.followups.moves import ScoreMove
from afterword.followups.notifications.models import Notification, SlackThread
from afterword.followups.rules import Rule
from afterword.followups.webhooks.models import Webhook
from afterword.followups.you_said.models import Told, YouSaid
from afterword.workspaces.models import Workspace, WorkspaceRows

__all__ = [
    "Attempt",
    "Autoresponder",
    "Delivery",
    "Notification",
    "ScoreMove",
    "SlackThread",
    "State",
    "Told",
    "Webhook",
    "YouSaid",
]

TEST = "test"
DIGEST = "digest"
_RULES = ("webhook", "notification", "autoresponder")


class State(models.TextChoices):
    WAITING = "waiting", "Waiting"
    GATHERED = "gathered", "For the next digest"
    MAILED = "mailed", "By mail"  # which has a life of its own
    SENDING = "sending", "Sending"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Not needed"


class Delivery(models.Model):
    """Its key stays the same over all tries, so that a receiver can tell a repeat."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="deliveries")
    webhook = models.ForeignKey(
        Webhook, models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    notification = models.ForeignKey(
        Notification, models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    autoresponder = models.ForeignKey(
        Autoresponder, models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    # None for a test and a digest.
    happening_id = models.BigIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=30)  # of the happening
    subject_id = models.UUIDField(null=True, blank=True)
    happened_at = models.DateTimeField()
    # Whose turn it takes: its rule's key. Deliveries of one lane never wait for another's.
    lane = models.UUIDField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    # Counted when a try begins; later changes name the attempt that they belong to.
    attempt = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    words = models.TextField(blank=True, default="")  # what was last said about it
    mail_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    # The digest that it became a part of.
    digest = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="parts")

    objects = WorkspaceRows.as_manager()

    # No columns: its mails, each with what is to be said of it, and where it stands, for a page.
    told: Any = ()
    stand: Any = None

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["webhook", "happening_id"],
                condition=models.Q(webhook__isnull=False),
                name="one_delivery_per_webhook",
            ),
            models.UniqueConstraint(
                fields=["notification", "happening_id"],
                condition=models.Q(notification__isnull=False),
                name="one_delivery_per_notification",
            ),
            models.UniqueConstraint(
                fields=["autoresponder", "subject_id"],
                condition=models.Q(autoresponder__isnull=False, subject_id__isnull=False),
                name="one_autoresponse_per_answer",
            ),
        )
        indexes = (
            models.Index(
                fields=["lane", "due_at", "id"],
                condition=models.Q(state="waiting"),
                name="deliveries_turn_in_lane",
            ),
            models.Index(
                fields=["lease_until"],
                condition=models.Q(state="sending"),
                name="deliveries_leased",
            ),
            models.Index(fields=["subject_id"], name="deliveries_about"),
            models.Index(fields=["workspace", "-created_at", "-id"], name="deliveries_newest"),
            models.Index(fields=["created_at"], name="deliveries_by_age"),
        )

    def __str__(self) -> str:
        return f"{self.kind} for {self.rule_id}, {self.state}"

    @property
    def rule_name(self) -> str:
        """Which kind of rule it is for, as its column is called."""
        return next(name for name in _RULES if getattr(self, f"{name}_id"))

    @property
    def rule_id(self) -> Any:
        return getattr(self, f"{self.rule_name}_id")

    @property
    def rule(self) -> Rule:
        rule: Rule = getattr(self, self.rule_name)
        return rule


class Attempt(models.Model):
    """One try: what was asked, what was answered, and how long it took."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField()
    url = models.CharField(max_length=2000)
    headers = models.JSONField(default=dict)  # without the values of one's own
    body = models.TextField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)  # None: no answer
    answer = models.TextField(blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"try {self.number} at {self.at}"
