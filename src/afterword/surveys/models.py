"""One asking of one customer, from being scheduled to being answered. The outbox is this table."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from afterword.campaigns.models import METRIC_CHOICES, Campaign, Template
from afterword.core.ids import new_id, new_link_token
from afterword.customers.models import Customer
from afterword.decisions.reasons import Reason
from afterword.events.models import Event
from afterword.workspaces.models import Workspace, WorkspaceRows


class State(models.TextChoices):
    """Where the hand-over to the mail server stands; what people did is kept in `*_at`."""

    QUEUED = "queued", "Queued"
    CLAIMED = "claimed", "Sending"
    HANDING_OVER = "handing_over", "Handing over"
    SENT = "sent", "Sent"
    BOUNCED = "bounced", "Bounced"
    DISMISSED = "dismissed", "Not sent"
    PARKED = "parked", "Parked"


class SentBy(models.TextChoices):
    CAMPAIGN = "campaign", "Campaign"


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
    event = models.ForeignKey(
        Event, models.SET_NULL, null=True, blank=True, related_name="surveys", db_index=False
    )
    email = models.CharField(max_length=254)
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
    # How many times the body may have reached the mail server; never more than twice.
    handed_over = models.PositiveSmallIntegerField(default=0)
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
                fields=["event", "campaign"], name="one_survey_per_event_and_campaign"
            ),
            models.CheckConstraint(
                condition=models.Q(handed_over__lte=2), name="handed_over_twice_at_most"
            ),
        )
        indexes = (
            models.Index(fields=["due_at"], condition=models.Q(state="queued"), name="surveys_due"),
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
