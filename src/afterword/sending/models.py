"""Any mail that we send, from being due to what was reported of it; and what stops streams."""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from afterword.core.ids import new_id
from afterword.customers.models import Customer
from afterword.customers.standing import FREE
from afterword.sending.lease import Held
from afterword.workspaces.models import User, Workspace, WorkspaceRows

# How many times the body of a mail may reach the mail server: the second one after a doubt.
MOST_HAND_OVERS = 2


class State(models.TextChoices):
    """Where the hand-over to the mail server stands; what people did is kept in `*_at`."""

    QUEUED = "queued", "Queued"
    # Due, but its stream is paused by the sending brake.
    HELD = "held", "Held"
    CLAIMED = "claimed", "Sending"
    HANDING_OVER = "handing_over", "Handing over"
    SENT = "sent", "Sent"
    BOUNCED = "bounced", "Bounced"
    DISMISSED = "dismissed", "Not sent"
    CANCELLED = "cancelled", "Cancelled"
    PARKED = "parked", "Failed"


# Mails to customers that are no surveys; the outbox lists them apart.
APART = ("autoresponder", "you_said")

# What may still be cancelled: nobody has begun to send it.
WAITING = (State.QUEUED, State.HELD)


class Bounce(models.TextChoices):
    HARD = "hard", "Hard"
    SOFT = "soft", "Soft"


class Mail(models.Model):
    """One mail and its hand-over. What it is about is its kind's to know (`kinds.py`).

    A foreign key has no index of its own where none is needed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # None for mail about an account, which goes by the installation's server.
    workspace = models.ForeignKey(
        Workspace, models.CASCADE, null=True, blank=True, related_name="mails", db_index=False
    )
    kind = models.CharField(max_length=30)
    about = models.CharField(max_length=36)  # the key of what its kind makes it from
    # What its brake, its turn and its counts go by: a campaign, for one.
    stream_kind = models.CharField(max_length=20)
    stream_id = models.UUIDField()
    # Deleting a customer keeps the record of what was sent, with the address it went to.
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="mails", db_index=False
    )
    recipient = models.CharField(max_length=254)
    # The address that it was sent from; empty until then, as its subject is.
    sender = models.CharField(max_length=254, blank=True, default="", db_default="")
    subject = models.CharField(max_length=998, blank=True, default="", db_default="")
    created_at = models.DateTimeField()

    state = models.CharField(
        max_length=12, choices=State.choices, default=State.QUEUED, db_default=State.QUEUED
    )
    due_at = models.DateTimeField()
    # Counted when a hand-over is tried, before the work starts; also the fence:
    # every later change of state names the attempt that it belongs to.
    attempt = models.PositiveIntegerField(default=0, db_default=0)
    # How many times the body may have reached the mail server.
    handed_over = models.PositiveSmallIntegerField(default=0, db_default=0)
    # How many workers were lost while they held it, before its hand-over began.
    orphaned = models.SmallIntegerField(default=0, db_default=0)
    # The sending process that holds it, and until when it does unless it renews.
    worker = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    # Temporary refusals by the mail server: how many, and since when.
    refusals = models.PositiveSmallIntegerField(default=0, db_default=0)
    first_refused_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    # The mail server's own last words.
    server_reply = models.TextField(blank=True, default="", db_default="")
    # Why it was not sent after all, in the words of the decision log.
    reason = models.CharField(max_length=20, blank=True, default="", db_default="")
    detail = models.JSONField(
        default=dict,
        blank=True,
        encoder=DjangoJSONEncoder,
        db_default=models.Value({}, models.JSONField()),
    )
    # What became of it, each when it was first so; a mail server's words are in DeliveryEvent.
    delivered_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    bounce = models.CharField(
        max_length=4, blank=True, choices=Bounce.choices, default="", db_default=""
    )
    complained_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    # When it was dismissed or parked; None for those of before this was kept.
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceRows.as_manager()

    # No columns. What stops mail to its address, while it is claimed; and what `compose` makes it
    # of, loaded by `may_still_go`, since an event loop does not query.
    standing = FREE
    matter: Any = None

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(handed_over__lte=MOST_HAND_OVERS),
                name="mails_handed_over_twice_at_most",
            ),
        )
        indexes = (
            # claim: which streams have something due, and what of each is due first
            models.Index(
                fields=["stream_id", "due_at"],
                condition=models.Q(state="queued"),
                name="mails_due_of_stream",
            ),
            # brake: what is let go when a person resumes a stream
            models.Index(fields=["stream_id"], condition=models.Q(state="held"), name="mails_held"),
            # rescue: what dead workers held
            models.Index(
                fields=["lease_until"],
                condition=models.Q(state__in=["claimed", "handing_over"]),
                name="mails_leased",
            ),
            # brake: the last mails of a stream; reminders: which have become due
            models.Index(
                fields=["stream_id", "-sent_at"],
                condition=models.Q(sent_at__isnull=False),
                name="mails_sent_of_stream",
            ),
            # brake: those that were refused at once
            models.Index(
                fields=["stream_id", "-bounced_at"],
                condition=models.Q(bounced_at__isnull=False),
                name="mails_bounced_of_stream",
            ),
            # the outbox: what customers got that was no survey
            models.Index(
                fields=["workspace", "-created_at", "-id"],
                condition=models.Q(kind__in=APART, customer__isnull=False),
                name="mails_apart",
            ),
            # throttle and cap, before an event's survey and at the claim; bounces in a row
            models.Index(fields=["workspace", "recipient", "-created_at"], name="mails_to_address"),
            # the same by customer; and a customer's deletion
            models.Index(
                fields=["customer"],
                condition=models.Q(customer__isnull=False),
                name="mails_of_customer",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} mail, {self.state}"

    @property
    def held(self) -> Held:
        """The mail and the attempt that it was claimed under."""
        return Held(self.id, self.attempt)


class DeliveryKind(models.TextChoices):
    """What a mail server, a provider or a person's mail program said after the hand-over."""

    DELAYED = "delayed", "Delayed"
    DELIVERED = "delivered", "Delivered"
    OPENED = "opened", "Opened"
    MACHINE_OPENED = "machine_opened", "Opened by a machine"
    CLICKED = "clicked", "Clicked"
    SOFT_BOUNCED = "soft_bounced", "Soft-bounced"
    HARD_BOUNCED = "hard_bounced", "Hard-bounced"
    COMPLAINED = "complained", "Complained"
    UNSUBSCRIBED = "unsubscribed", "Unsubscribed"


class DeliveryEvent(models.Model):
    """One thing that was reported about a mail, in the reporter's own words."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="delivery_events",
        db_index=False,
    )
    mail = models.ForeignKey(Mail, models.CASCADE, related_name="delivery_events", db_index=False)
    kind = models.CharField(max_length=20, choices=DeliveryKind.choices)
    at = models.DateTimeField()  # as the reporter says
    received_at = models.DateTimeField()
    source = models.CharField(max_length=20)  # smtp, report, webhook, pixel, link
    words = models.TextField(blank=True)
    # Tells a repeated report from a new one: the provider's id of it, or a digest.
    key = models.CharField(max_length=100)

    objects = WorkspaceRows.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["mail", "key"], name="each_report_counts_once"),
        )
        indexes = (
            # brake: which streams something bad was reported of lately
            models.Index(
                fields=["received_at"],
                condition=models.Q(kind__in=["soft_bounced", "hard_bounced", "complained"]),
                name="delivery_troubles",
            ),
        )
        db_table = "surveys_deliveryevent"  # from before a mail was something of its own

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"


class BrakeLevel(models.TextChoices):
    WARNED = "warned", "Warned"
    PAUSED = "paused", "Paused"


class Brake(models.Model):
    """Too many bounces or complaints among the last mails of a stream, or of a sender domain."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="brakes")
    # None where it is about all that was sent from `sender_domain`.
    stream_id = models.UUIDField(null=True, blank=True)
    stream_kind = models.CharField(max_length=20, blank=True, default="", db_default="")
    sender_domain = models.CharField(max_length=253, blank=True)
    level = models.CharField(max_length=10, choices=BrakeLevel.choices)
    at = models.DateTimeField()
    mails = models.PositiveIntegerField()
    bounces = models.PositiveIntegerField()
    complaints = models.PositiveIntegerField()
    # A person has seen it and goes on: mails sent before this count no more.
    resumed_at = models.DateTimeField(null=True, blank=True)
    resumed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = WorkspaceRows.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["workspace", "stream_id", "sender_domain", "level"],
                condition=models.Q(resumed_at=None),
                nulls_distinct=False,
                name="one_live_brake_each",
            ),
        )
        db_table = "surveys_brake"  # from before a mail was something of its own

    def __str__(self) -> str:
        return f"{self.level} {self.at}"
