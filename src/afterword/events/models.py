"""What applications sent: the inbox, the log of matched events, counts and rejections."""

from django.db import models

from afterword.core.ids import new_id
from afterword.customers.models import Customer
from afterword.workspaces.models import Token, Workspace, WorkspaceRows

MAX_EXCERPT = 2_000  # characters of what was rejected


class InboxItem(models.Model):
    """An accepted event or `identify` that no worker has taken up yet.

    Written by the fast path with COPY, so it has no foreign keys and no unique index but its
    key; duplicates are found when items are taken up.
    """

    id = models.BigAutoField(primary_key=True)
    workspace_id = models.UUIDField()
    token_id = models.UUIDField(null=True)  # None for what an inbound webhook brought
    is_trusted = models.BooleanField()
    received_at = models.DateTimeField()
    # The call as it came, cleaned of what PostgreSQL cannot hold.
    body = models.TextField()
    # What its request said for all its calls: {"sentAt", "context", "integrations"}, or "".
    envelope = models.TextField()

    class Meta:
        indexes = (models.Index(fields=["workspace_id", "id"], name="inbox_in_order"),)

    def __str__(self) -> str:
        return f"inbox item {self.id}"


class Event(models.Model):
    """What at least one campaign listened for. Also what finds duplicates."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="events", db_index=False)
    message_id = models.CharField(max_length=100)
    # The first day of the month (UTC) of its receipt, by which the log can be kept one day.
    month = models.DateField()
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=254, blank=True)
    user_id = models.CharField(max_length=255, blank=True)
    anonymous_id = models.CharField(max_length=255, blank=True)
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="events", db_index=False
    )
    token = models.ForeignKey(Token, models.SET_NULL, null=True, related_name="+", db_index=False)
    is_trusted = models.BooleanField()
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    properties = models.JSONField(default=dict)
    # [{"property": …, "problem": …}]: values that did not fit their property.
    problems = models.JSONField(default=list)
    # How often it came again with the same messageId.
    retries = models.PositiveIntegerField(default=0, db_default=0)

    objects = WorkspaceRows.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["workspace", "message_id"], name="an_event_counts_once"
            ),
        )
        indexes = (
            models.Index(fields=["workspace", "-received_at", "-id"], name="events_newest"),
            models.Index(fields=["workspace", "email", "-received_at"], name="events_by_address"),
            # A customer's page reads the newest few, of however many.
            models.Index(fields=["customer", "-received_at"], name="events_of_customer"),
            models.Index(
                fields=["customer", "-received_at"],
                condition=~models.Q(problems=[]),
                name="events_that_did_not_fit",
            ),
        )

    def __str__(self) -> str:
        return self.name


class WaitingCall(models.Model):
    """An event whose ids lead to no address yet. Kept until one comes, or the time is up.

    The event itself is in the log, under the same key; this is the call as it came, to be taken
    up again. A row lives minutes, so the table stays small.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    workspace_id = models.UUIDField()
    user_id = models.CharField(max_length=255)
    anonymous_id = models.CharField(max_length=255)
    token_id = models.UUIDField()
    is_trusted = models.BooleanField()
    received_at = models.DateTimeField()
    body = models.TextField()
    envelope = models.TextField()
    until = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["workspace_id", "user_id"], name="waiting_by_user"),
            models.Index(fields=["workspace_id", "anonymous_id"], name="waiting_by_visitor"),
            models.Index(fields=["workspace_id", "until"], name="waiting_until"),
        )

    def __str__(self) -> str:
        return f"{self.user_id or self.anonymous_id} until {self.until}"


class EventCount(models.Model):
    """How often an event name was seen on a day, whether or not a campaign listened."""

    workspace = models.ForeignKey(
        Workspace, models.CASCADE, related_name="event_counts", db_index=False
    )
    name = models.CharField(max_length=200)
    day = models.DateField()
    matched = models.PositiveBigIntegerField(default=0)
    unmatched = models.PositiveBigIntegerField(default=0)
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["workspace", "day", "name"], name="one_count_per_name_and_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} on {self.day}"


class Rejection(models.Model):
    """A call that could not be an event, kept so that a person can see what was wrong."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, models.CASCADE, related_name="rejections", db_index=False
    )
    token = models.ForeignKey(Token, models.SET_NULL, null=True, related_name="+", db_index=False)
    received_at = models.DateTimeField()
    code = models.CharField(max_length=50)
    message = models.CharField(max_length=500)
    # The beginning of what was sent, at most MAX_EXCERPT characters, without keys.
    excerpt = models.TextField()

    objects = WorkspaceRows.as_manager()

    class Meta:
        indexes = (models.Index(fields=["workspace", "-received_at"], name="rejections_newest"),)

    def __str__(self) -> str:
        return self.code
