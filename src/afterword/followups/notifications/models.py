"""Notifications: to whom, by what, and how often."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models

from afterword.core.sealed import unseal
from afterword.followups.rules import Rule

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
        return unseal(self.sealed_slack_url)

    @property
    def is_digest(self) -> bool:
        return self.frequency != Frequency.IMMEDIATELY
