"""Notifications: to whom, by what, and how often."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models

from afterword.core.sealed import unseal
from afterword.customers.models import Customer
from afterword.followups.rules import Rule
from afterword.workspaces.models import Workspace

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Frequency(models.TextChoices):
    IMMEDIATELY = "immediately", "Immediately"
    DAILY = "daily", "Daily digest"
    WEEKLY = "weekly", "Weekly digest"


class By(models.TextChoices):
    EMAIL = "email", "E-mail"
    SLACK = "slack", "Slack"


class Notification(Rule):
    frequency = models.CharField(
        max_length=12, choices=Frequency.choices, default=Frequency.IMMEDIATELY
    )
    # When a digest is made, in the workspace's time zone; Monday is 0.
    hour = models.PositiveSmallIntegerField(default=8, validators=[MaxValueValidator(23)])
    weekday = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(6)])
    sends_empty = models.BooleanField(default=False)
    channel = models.CharField(max_length=5, choices=By.choices, default=By.EMAIL)
    members = ArrayField(models.UUIDField(), default=list, blank=True)  # users' keys
    addresses = ArrayField(models.CharField(max_length=254), default=list, blank=True)
    sealed_slack_url = models.TextField(blank=True, default="")
    # Where a channel is named, an app's bot posts there instead of an incoming webhook.
    sealed_slack_token = models.TextField(blank=True, default="", db_default="")
    slack_channel = models.CharField(max_length=80, blank=True, default="", db_default="")
    # When the next digest is made.
    digest_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["digest_at"],
                condition=models.Q(digest_at__isnull=False, enabled_at__isnull=False),
                name="digests_due",
            ),
        )

    def __str__(self) -> str:
        return self.name or f"{self.get_frequency_display()} by {self.get_channel_display()}"

    @property
    def summary(self) -> str:
        when = {
            Frequency.IMMEDIATELY: "immediately",
            Frequency.DAILY: f"daily at {self.hour}:00",
            Frequency.WEEKLY: f"on {WEEKDAYS[self.weekday]}s at {self.hour}:00",
        }[Frequency(self.frequency)]
        return f"{when}, {self.get_channel_display()}"

    @property
    def slack_url(self) -> str:
        return unseal(self.sealed_slack_url) if self.sealed_slack_url else ""

    @property
    def slack_token(self) -> str:
        return unseal(self.sealed_slack_token) if self.sealed_slack_token else ""

    @property
    def is_digest(self) -> bool:
        return self.frequency != Frequency.IMMEDIATELY


class SlackThread(models.Model):
    """The message under which what a customer says later stands, in a channel."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    channel = models.CharField(max_length=80)  # as the notification names it
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    ts = models.CharField(max_length=30)  # Slack's key of the message

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["workspace", "channel", "customer"], name="one_slack_thread_of_a_customer"
            ),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.ts}"
