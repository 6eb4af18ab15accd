"""Inbound webhooks, and the calls that came lately."""

from uuid import uuid4

from django.db import models

from afterword.campaigns.models import Campaign, Service
from afterword.core.ids import new_id
from afterword.core.sealed import unseal
from afterword.workspaces.models import Workspace, WorkspaceRows

MAX_EXCERPT = 16_000  # characters of what was sent that are kept


class HookScope(models.TextChoices):
    SURVEY = "survey", "Ask the person by a campaign"
    UPSERT = "upsert", "Create or update the customer"
    UNSUBSCRIBE = "unsubscribe", "Unsubscribe the customer"


class Hook(models.Model):
    """An address that a service posts to. Its key is random: whoever knows it may post."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="hooks")
    name = models.CharField(max_length=100)
    scope = models.CharField(max_length=20, choices=HookScope.choices, default=HookScope.SURVEY)
    # Whom it asks by; None for nobody yet: then it brings the customer up to date.
    campaign = models.ForeignKey(
        Campaign, models.CASCADE, null=True, blank=True, related_name="hooks"
    )
    service = models.CharField(max_length=20, choices=Service.choices, default=Service.WEBHOOK)
    # {field: [path, …]}: the first path that holds something fills the field; see `mapping.py`.
    mapping = models.JSONField(default=dict, blank=True)
    # What X-Signature is checked with; "" where none is asked for.
    sealed_secret = models.TextField(blank=True, default="")
    switched_off_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = WorkspaceRows.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(scope=HookScope.SURVEY) | models.Q(campaign=None),
                name="only_a_hook_that_asks_has_a_campaign",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_on(self) -> bool:
        return self.switched_off_at is None

    @property
    def is_signed(self) -> bool:
        return bool(self.sealed_secret)

    @property
    def secret(self) -> str:
        """Raises Unreadable where the installation's secret key has changed."""
        return unseal(self.sealed_secret)


class Outcome(models.TextChoices):
    """What became of a call at the door; what was decided stands in the decision log."""

    TAKEN = "taken", "Taken"
    UPDATED = "updated", "Customer updated"
    UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
    ALREADY_UNSUBSCRIBED = "already", "Unsubscribed already"
    UNKNOWN_PERSON = "unknown", "No such customer"
    REFUSED = "refused", "Refused"


class HookCall(models.Model):
    """A call that came lately, so that a person can see what was sent and what came of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, models.CASCADE, related_name="hook_calls", db_index=False
    )
    hook = models.ForeignKey(Hook, models.CASCADE, related_name="calls", db_index=False)
    received_at = models.DateTimeField()
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    message = models.CharField(max_length=500, blank=True)
    # That of its event in the log, which knows what was decided; "" where it made none.
    message_id = models.CharField(max_length=100, blank=True)
    # What was sent, without keys: JSON where it could be read, at most MAX_EXCERPT characters.
    excerpt = models.TextField()

    objects = WorkspaceRows.as_manager()

    class Meta:
        indexes = (models.Index(fields=["hook", "-received_at", "-id"], name="hook_calls_newest"),)

    def __str__(self) -> str:
        return self.outcome
