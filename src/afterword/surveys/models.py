"""One asking of one customer, from being scheduled to being answered. The outbox is this table."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from afterword.campaigns.models import Campaign, Reminder
from afterword.core.ids import new_id, new_link_token
from afterword.customers.models import Customer
from afterword.decisions.reasons import Reason
from afterword.events.models import Event
from afterword.occasions.occasion import Kind
from afterword.survey_templates.metrics import METRIC_CHOICES
from afterword.survey_templates.models import Template
from afterword.workspaces.models import User, Workspace, WorkspaceRows

# How many times the body of a mail may reach the mail server: the second one after a doubt.
MOST_HAND_OVERS = 2


class State(models.TextChoices):
    """Where the hand-over to the mail server stands; what people did is kept in `*_at`."""

    QUEUED = "queued", "Queued"
    # Due, but its campaign is paused by the sending brake.
    HELD = "held", "Held"
    CLAIMED = "claimed", "Sending"
    HANDING_OVER = "handing_over", "Handing over"
    SENT = "sent", "Sent"
    BOUNCED = "bounced", "Bounced"
    DISMISSED = "dismissed", "Not sent"
    CANCELLED = "cancelled", "Cancelled"
    PARKED = "parked", "Failed"


class SentBy(models.TextChoices):
    CAMPAIGN = "campaign", "Campaign"
    REMINDER = "reminder", "Reminder"


class Bounce(models.TextChoices):
    HARD = "hard", "Hard"
    SOFT = "soft", "Soft"


class Survey(models.Model):
    """Scheduled, sent, answered.

    Foreign keys have no index of their own where one of ours serves.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="surveys", db_index=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="surveys", db_index=False)
    template = models.ForeignKey(Template, models.PROTECT, related_name="surveys", db_index=False)
    # Deleting a customer keeps the record of what was sent, with the address it went to.
    customer = models.ForeignKey(
        Customer,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="surveys",
        db_index=False,
    )
    occasion_kind = models.CharField(
        max_length=10, choices=[(k.value, k.value) for k in Kind], db_default=Kind.EVENT
    )
    occasion_id = models.UUIDField(null=True, blank=True)
    # For pages; events age away.
    event = models.ForeignKey(
        Event, models.SET_NULL, null=True, blank=True, related_name="surveys", db_index=False
    )
    # A reminder is a survey row of its own that leads to the survey it reminds of.
    reminds = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="reminders", db_index=False
    )
    reminder = models.ForeignKey(
        Reminder, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    email = models.CharField(max_length=254)
    # The address that it was sent from; empty until then.
    sender = models.CharField(max_length=254, blank=True, default="", db_default="")
    metric = models.CharField(max_length=10, choices=METRIC_CHOICES)
    sent_by = models.CharField(max_length=10, choices=SentBy.choices, default=SentBy.CAMPAIGN)
    answer_token = models.CharField(max_length=32, default=new_link_token)
    unsubscribe_token = models.CharField(max_length=32, default=new_link_token)
    created_at = models.DateTimeField()

    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    due_at = models.DateTimeField()
    # Counted when a hand-over is tried, before the work starts; also the fence:
    # every later change of state names the attempt that it belongs to.
    attempt = models.PositiveIntegerField(default=0)
    # How many times the body may have reached the mail server.
    handed_over = models.PositiveSmallIntegerField(default=0)
    # How many workers were lost while they held it, before its hand-over began.
    orphaned = models.SmallIntegerField(default=0, db_default=0)
    # The sending process that holds it, and until when it does unless it renews.
    worker = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    # Temporary refusals by the mail server: how many, and since when.
    refusals = models.PositiveSmallIntegerField(default=0)
    first_refused_at = models.DateTimeField(null=True, blank=True)
    subject = models.CharField(max_length=998, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    # The mail server's own last words.
    server_reply = models.TextField(blank=True)
    # Why a scheduled survey was not sent after all, in the words of the decision log.
    reason = models.CharField(
        max_length=20, blank=True, choices=[(r.value, r.label) for r in Reason]
    )
    detail = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    # What became of it, each when it was first so; a mail server's words are in DeliveryEvent.
    delivered_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    machine_opened_at = models.DateTimeField(null=True, blank=True)
    clicked_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    bounce = models.CharField(
        max_length=4, blank=True, choices=Bounce.choices, default="", db_default=""
    )
    complained_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    # When it was dismissed or parked; None for those of before this was kept.
    ended_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    unsubscribed_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceRows.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["answer_token"], name="one_survey_per_answer_link"),
            models.UniqueConstraint(
                fields=["unsubscribe_token"], name="one_survey_per_unsubscribe_link"
            ),
            models.UniqueConstraint(
                fields=["campaign", "occasion_id", "occasion_kind"],
                name="one_survey_per_campaign_and_occasion",
            ),
            models.UniqueConstraint(
                fields=["reminds", "reminder"],
                condition=models.Q(reminder__isnull=False),
                name="each_reminder_once",
            ),
            models.CheckConstraint(
                condition=models.Q(handed_over__lte=MOST_HAND_OVERS),
                name="handed_over_twice_at_most",
            ),
        )
        indexes = (
            models.Index(fields=["due_at"], condition=models.Q(state="queued"), name="surveys_due"),
            models.Index(
                fields=["campaign", "due_at"],
                condition=models.Q(state="queued"),
                name="surveys_due_of_campaign",
            ),
            models.Index(
                fields=["campaign", "-sent_at"],
                condition=models.Q(sent_at__isnull=False),
                name="surveys_sent_of_campaign",
            ),
            models.Index(
                fields=["reminds"],
                condition=models.Q(reminds__isnull=False),
                name="surveys_reminding",
            ),
            models.Index(
                fields=["reminder"],
                condition=models.Q(reminder__isnull=False),
                name="surveys_of_reminder",
            ),
            models.Index(
                fields=["campaign", "-bounced_at"],
                condition=models.Q(bounced_at__isnull=False),
                name="surveys_bounced_of_campaign",
            ),
            models.Index(
                fields=["campaign"], condition=models.Q(state="held"), name="surveys_held"
            ),
            models.Index(
                fields=["lease_until"],
                condition=models.Q(state__in=["claimed", "handing_over"]),
                name="surveys_leased",
            ),
            models.Index(
                fields=["customer", "campaign", "-created_at"], name="surveys_of_customer"
            ),
            models.Index(fields=["workspace", "email", "-created_at"], name="surveys_by_address"),
            models.Index(fields=["workspace", "-created_at", "-id"], name="surveys_newest"),
            models.Index(fields=["campaign", "-created_at"], name="surveys_of_campaign"),
        )

    def __str__(self) -> str:
        return f"{self.metric} survey, {self.state}"


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
        Workspace, models.CASCADE, related_name="delivery_events", db_index=False
    )
    survey = models.ForeignKey(
        Survey, models.CASCADE, related_name="delivery_events", db_index=False
    )
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
            models.UniqueConstraint(fields=["survey", "key"], name="each_report_counts_once"),
        )
        indexes = (
            models.Index(
                fields=["received_at"],
                condition=models.Q(kind__in=["soft_bounced", "hard_bounced", "complained"]),
                name="delivery_troubles",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"


class BrakeLevel(models.TextChoices):
    WARNED = "warned", "Warned"
    PAUSED = "paused", "Paused"


class Brake(models.Model):
    """Too many bounces or complaints among the last mails of a campaign, or of a sender domain."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="brakes")
    # None where it is about all that was sent from `sender_domain`.
    campaign = models.ForeignKey(
        Campaign, models.CASCADE, null=True, blank=True, related_name="brakes"
    )
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
                fields=["workspace", "campaign", "sender_domain", "level"],
                condition=models.Q(resumed_at=None),
                nulls_distinct=False,
                name="one_live_brake_each",
            ),
        )

    def __str__(self) -> str:
        return f"{self.level} {self.at}"
