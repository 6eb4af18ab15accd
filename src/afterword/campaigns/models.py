"""Campaigns: whom to ask, when, with what."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from afterword.core.ids import new_id
from afterword.survey_templates.metrics import METRIC_CHOICES, SCALES, Metric, Scale
from afterword.survey_templates.models import Template
from afterword.workspaces.models import Workspace, WorkspaceRows


class Channel(models.TextChoices):
    EMAIL = "email", "E-mail"
    LINK = "link", "Link"
    IN_APP = "inapp", "In-app"


class CampaignType(models.TextChoices):
    TRANSACTIONAL = "transactional", "Transactional"
    REGULAR = "regular", "Regular"


class Service(models.TextChoices):
    """What triggers a transactional campaign: it says what Setup shows, and keeps nothing out.

    All but the first two call an inbound webhook.
    """

    SEGMENT = "segment", "Segment"
    API = "api", "API"
    WEBHOOK = "webhook", "Webhook"
    CHARGEBEE = "chargebee", "Chargebee"
    FRESHDESK = "freshdesk", "Freshdesk"
    HUBSPOT = "hubspot", "HubSpot"
    KLAVIYO = "klaviyo", "Klaviyo"
    KUSTOMER = "kustomer", "Kustomer"
    SALESFORCE = "salesforce", "Salesforce"
    SHOPIFY = "shopify", "Shopify"
    YOTPO = "yotpo", "Yotpo"
    ZAPIER = "zapier", "Zapier"
    ZENDESK = "zendesk", "Zendesk"
    ZOHO = "zoho", "Zoho CRM"


class ThrottleScope(models.TextChoices):
    CAMPAIGN = "campaign", "This campaign"
    ALL = "all", "All campaigns"


class CampaignQuerySet(WorkspaceRows["Campaign"]):
    def listening(self, also: Iterable[UUID] = ()) -> "CampaignQuerySet":
        """Campaigns that some event triggers, on or off but not archived, and these ids."""
        listening = ~models.Q(events=[]) & models.Q(archived_at=None)
        return self.filter(listening | models.Q(id__in=list(also)))


class Campaign(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="campaigns")
    key = models.SlugField(max_length=100)
    name = models.CharField(max_length=100)
    metric = models.CharField(max_length=10, choices=METRIC_CHOICES)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    type = models.CharField(
        max_length=20, choices=CampaignType.choices, default=CampaignType.TRANSACTIONAL
    )
    # Of link campaigns: the secret of the address that is handed out.
    link_token = models.CharField(max_length=32, null=True, blank=True, unique=True)
    # Of in-app campaigns: where and how it is shown; see `channels/in_app/placement.py`.
    in_app = models.JSONField(
        default=dict, blank=True, db_default=models.Value({}, models.JSONField())
    )
    template = models.ForeignKey(
        Template, models.PROTECT, null=True, blank=True, related_name="campaigns"
    )
    service = models.CharField(max_length=20, choices=Service.choices, blank=True)
    events = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    # {"match": "all" | "any", "filters": [{"field": …, "operator": …, "value": …}]}
    audience = models.JSONField(default=dict, blank=True)
    sample_percent = models.FloatField(
        default=100, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    # How many answers are wanted in a week, of each value of a text property if one is named.
    target_answers = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)]
    )
    target_property = models.CharField(max_length=100, blank=True, default="", db_default="")
    delay = models.DurationField(default=timedelta(0), validators=[MinValueValidator(timedelta(0))])
    throttle_days = models.PositiveSmallIntegerField(null=True, blank=True)
    throttle_scope = models.CharField(
        max_length=10, choices=ThrottleScope.choices, default=ThrottleScope.CAMPAIGN
    )
    # Of regular campaigns: days after somebody was added, and after the last survey; None: never.
    first_after_days = models.PositiveSmallIntegerField(null=True, blank=True)
    every_days = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)]
    )
    # How many are asked in a day; the others are due the next day. None for no limit.
    daily_limit = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)]
    )
    # {"days": ["mon", …], "from": "09:00", "to": "17:00", "own_time": true}; see `time_frame.py`.
    time_frame = models.JSONField(null=True, blank=True)
    # Where two compete for the last place of the workspace's budget, the higher one gets it.
    priority = models.PositiveSmallIntegerField(default=1, db_default=1)
    # Words to find it again by, each once, sorted.
    labels = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        db_default=models.Value([], ArrayField(models.CharField(max_length=40))),
    )
    activated_at = models.DateTimeField(null=True, blank=True)
    # Put away: it asks nobody, and lists show it only where that is asked for.
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "key"], name="one_campaign_per_key"),
            models.CheckConstraint(
                condition=models.Q(activated_at=None) | models.Q(template__isnull=False),
                name="an_active_campaign_has_a_template",
            ),
            models.CheckConstraint(
                condition=models.Q(activated_at=None) | models.Q(archived_at=None),
                name="an_archived_campaign_is_off",
            ),
            models.CheckConstraint(
                condition=models.Q(sample_percent__gte=0, sample_percent__lte=100),
                name="sample_is_a_percentage",
            ),
        )
        indexes = (GinIndex(fields=["events"], name="campaigns_by_event"),)

    def __str__(self) -> str:
        return self.name

    @property
    def scale(self) -> Scale:
        return SCALES[Metric(self.metric)]

    @property
    def is_regular(self) -> bool:
        """Whether it asks by the clock; who opens a link comes by themselves."""
        return self.type == CampaignType.REGULAR and self.channel != Channel.LINK

    @property
    def is_link(self) -> bool:
        return self.channel == Channel.LINK

    @property
    def is_in_app(self) -> bool:
        return self.channel == Channel.IN_APP

    @property
    def is_active(self) -> bool:
        return self.activated_at is not None

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None


class ReminderWhen(models.TextChoices):
    NOT_OPENED = "not_opened", "Not opened"
    OPENED_NOT_ANSWERED = "opened_not_answered", "Opened, but not answered"
    NOT_ANSWERED = "not_answered", "Not answered"


MOST_REMINDERS = 5


class Reminder(models.Model):
    """A second invitation to answer the same survey, for someone who has not answered it."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="reminders")
    position = models.PositiveSmallIntegerField()
    # By mail or in an application, whichever way the survey itself came.
    channel = models.CharField(
        max_length=10, choices=Channel.choices, default=Channel.EMAIL, db_default=Channel.EMAIL
    )
    when = models.CharField(
        max_length=20, choices=ReminderWhen.choices, default=ReminderWhen.NOT_ANSWERED
    )
    after_days = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    template = models.ForeignKey(Template, models.PROTECT, related_name="reminders")
    # Surveys sent before this are not reminded of: switching it on is no blast.
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "position"],
                deferrable=models.Deferrable.DEFERRED,
                name="one_reminder_per_position",
            ),
        )

    def __str__(self) -> str:
        return f"{self.when} after {self.after_days} days"


class InAppIdentity(models.Model):
    """How a workspace's own application says who looks at its pages, and when it was last heard.

    A row is made when somebody first opens the Setup of an in-app campaign.
    """

    workspace = models.OneToOneField(
        Workspace, models.CASCADE, primary_key=True, related_name="in_app_identity"
    )
    # The secret that users' ids are signed with, on the company's own server.
    sealed_secret = models.TextField()
    made_at = models.DateTimeField()
    # Since when nobody is asked whose id is not signed; None: they are, and marked as claimed.
    signed_only_since = models.DateTimeField(null=True, blank=True)
    # For Setup: when a page last asked, from where, and how it said who looks at it.
    heard_at = models.DateTimeField(null=True, blank=True)
    heard_origin = models.CharField(max_length=200, blank=True, default="", db_default="")
    heard_proof = models.CharField(max_length=10, blank=True, default="", db_default="")

    def __str__(self) -> str:
        return f"in-app identity of {self.workspace_id}"
