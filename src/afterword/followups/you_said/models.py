"""What was told to the people behind some answers, and to whom. `followups/models.py` hands on."""

from django.core.validators import MaxValueValidator
from django.db import models

from afterword.core.ids import new_id
from afterword.customers.models import Customer
from afterword.feedback.models import Response
from afterword.followups.written import Written
from afterword.long_work.models import Work
from afterword.survey_templates.metrics import METRIC_CHOICES
from afterword.workspaces.models import User, Workspace, WorkspaceRows

MOST_HELD_BACK = 50
USUALLY_HELD_BACK = 10


class YouSaid(Written):
    """One mail to the people behind the answers of a filter. A draft until it is begun."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    # The feedback page's filters, as its address carries them.
    query = models.TextField(blank=True, default="")
    # In percent, of those who may be mailed.
    held_back = models.PositiveSmallIntegerField(
        default=USUALLY_HELD_BACK, validators=[MaxValueValidator(MOST_HELD_BACK)]
    )
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()
    # Whose answer came later, or stopped mails later, was no part of the question.
    begun_at = models.DateTimeField(null=True, blank=True)
    # When somebody called it off: whoever has no mail by then gets none.
    stopped_at = models.DateTimeField(null=True, blank=True)
    work = models.ForeignKey(Work, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = WorkspaceRows.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["workspace", "-created_at", "-id"], name="you_said_newest"),
        )

    def __str__(self) -> str:
        return self.subject

    @property
    def is_draft(self) -> bool:
        return self.begun_at is None

    @property
    def is_broken_off(self) -> bool:
        """Whether its work ended before everybody was met, and nobody called the mail off."""
        work = self.work
        return bool(work and (work.failure or work.cancelled_at) and not self.stopped_at)


class Became(models.TextChoices):
    """What became of somebody: the first two are compared, the others are left out."""

    MAILED = "mailed", "To be mailed"
    HELD_BACK = "held_back", "Held back"
    NO_ADDRESS = "no_address", "No address"
    UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
    LEFT_CAMPAIGN = "left_campaign", "Unsubscribed from the campaign"
    HARD_BOUNCED = "hard_bounced", "Mail bounces"
    UNDELIVERABLE = "undeliverable", "The address takes no mail"
    SUPPRESSED = "suppressed", "Suppressed"


class Told(models.Model):
    """Somebody behind such an answer: met once. Their mail, if there is one, has this key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    you_said = models.ForeignKey(YouSaid, models.CASCADE, related_name="told", db_index=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    # The newest of theirs within the filter.
    response = models.ForeignKey(Response, models.CASCADE, related_name="told")
    metric = models.CharField(max_length=10, choices=METRIC_CHOICES)
    became = models.CharField(max_length=15, choices=Became.choices)
    at = models.DateTimeField()

    objects = WorkspaceRows.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["you_said", "customer"], name="told_once_each"),
        )

    def __str__(self) -> str:
        return f"{self.became} {self.customer_id}"
