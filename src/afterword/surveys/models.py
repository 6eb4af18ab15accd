"""A survey is one asking of one customer; an invitation, each time that they are asked."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property

from afterword.campaigns.models import Campaign, Channel, Reminder
from afterword.core.ids import new_id, new_link_token
from afterword.customers.models import Customer, Facts
from afterword.customers.snapshot import name_in
from afterword.decisions.reasons import Reason
from afterword.events.models import Event
from afterword.occasions.occasion import Kind
from afterword.sending.models import Mail
from afterword.survey_templates.document import Document, spoken
from afterword.survey_templates.metrics import METRIC_CHOICES
from afterword.survey_templates.models import Template, TemplateVersion
from afterword.survey_templates.versions import current_of
from afterword.workspaces.models import Workspace, WorkspaceRows


class SentBy(models.TextChoices):
    MANUAL = "manual", "Manually"
    CAMPAIGN = "campaign", "Campaign"
    REMINDER = "reminder", "Reminder"


class Survey(models.Model):
    """Who was asked, why, and whether they answered, whatever way they were asked by.

    Foreign keys have no index of their own where one of ours serves.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="surveys", db_index=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="surveys", db_index=False)
    template = models.ForeignKey(Template, models.PROTECT, related_name="surveys", db_index=False)
    # Deleting a customer keeps the record of what was asked, with the address that was.
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
    email = models.CharField(max_length=254)
    metric = models.CharField(max_length=10, choices=METRIC_CHOICES)
    channel = models.CharField(
        max_length=10, choices=Channel.choices, default=Channel.EMAIL, db_default=Channel.EMAIL
    )
    created_at = models.DateTimeField()
    # When they were first asked: the first mail was sent, or the survey was first shown.
    asked_at = models.DateTimeField(null=True, blank=True)
    # When it was settled that they are not asked, and why, in the words of the decision log.
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(
        max_length=20,
        blank=True,
        choices=[(r.value, r.label) for r in Reason],
        default="",
        db_default="",
    )
    detail = models.JSONField(
        default=dict,
        blank=True,
        encoder=DjangoJSONEncoder,
        db_default=models.Value({}, models.JSONField()),
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    unsubscribed_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceRows.as_manager()

    class Meta:
        constraints = (
            # one for each occasion; and what there is of a campaign
            models.UniqueConstraint(
                fields=["campaign", "occasion_id", "occasion_kind"],
                name="one_survey_per_campaign_and_occasion",
            ),
        )
        indexes = (
            # a customer's profile; and a customer's deletion
            models.Index(
                fields=["customer", "campaign", "-created_at"], name="surveys_of_customer"
            ),
            # who was asked lately, where a number of answers is wanted
            models.Index(fields=["campaign", "-created_at"], name="surveys_of_campaign"),
            # the outbox and the API, asked about an address
            models.Index(fields=["workspace", "email", "-created_at"], name="surveys_by_address"),
            # what was shown, and may be reminded of
            models.Index(
                fields=["campaign", "asked_at"],
                condition=models.Q(channel="inapp", answered_at=None),
                name="surveys_shown",
            ),
            # what is shown to a customer, and what counts beside mails
            models.Index(
                fields=["customer", "-created_at"],
                condition=~models.Q(channel="email"),
                name="surveys_on_pages",
            ),
        )

    def __str__(self) -> str:
        return f"{self.metric} survey"

    @property
    def who(self) -> str:
        """Who was asked; of who is no customer any more, the name that they had."""
        if self.customer:
            return str(self.customer)
        facts = getattr(self, "facts_then", None)
        return (name_in(facts.facts) if facts else "") or self.email

    @cached_property
    def first(self) -> "Invitation":
        """The first invitation with its mail, which may be None."""
        return self.invitations.select_related("mail", "template").get(id=self.id)


class SurveyFacts(Facts):
    """What was known of a survey's customer when it was decided to ask."""

    survey = models.OneToOneField(
        Survey, models.CASCADE, primary_key=True, related_name="facts_then"
    )

    def __str__(self) -> str:
        return f"facts of {self.survey_id}"


class Invitation(models.Model):
    """One time that somebody is asked to answer a survey: at first, and by each reminder.

    A survey's first invitation has the survey's own key. One that goes by e-mail shares its key
    with its mail; the others never have one.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # No column of its own: the key is the same. None where it does not go by e-mail.
    mail = models.ForeignObject(
        Mail,
        models.DO_NOTHING,
        from_fields=["id"],
        to_fields=["id"],
        null=True,
        related_name="+",
    )
    workspace = models.ForeignKey(
        Workspace, models.CASCADE, related_name="invitations", db_index=False
    )
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="invitations", db_index=False)
    # None for the first, and where the campaign's reminder is no more.
    reminder = models.ForeignKey(
        Reminder, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    template = models.ForeignKey(
        Template, models.PROTECT, related_name="invitations", db_index=False
    )
    # What they were asked with, and in which language; None until they are.
    version = models.ForeignKey(
        TemplateVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invitations",
        db_index=False,
    )
    language = models.CharField(max_length=35, blank=True, default="", db_default="")
    channel = models.CharField(
        max_length=10, choices=Channel.choices, default=Channel.EMAIL, db_default=Channel.EMAIL
    )
    answer_token = models.CharField(max_length=32, default=new_link_token)
    unsubscribe_token = models.CharField(max_length=32, default=new_link_token)
    created_at = models.DateTimeField()
    # Of one that is shown in an application: from when, and until when unless it was shown.
    due_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    # When the customer last closed it without an answer.
    dismissed_at = models.DateTimeField(null=True, blank=True)
    # When it was settled that it is not shown: nobody came in time, or a rule stood against it.
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # What was made of it, each when it was first so.
    shown_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    machine_opened_at = models.DateTimeField(null=True, blank=True)
    clicked_at = models.DateTimeField(null=True, blank=True)
    # When an answer came by it; by a reminder, it answers the first one too.
    answered_at = models.DateTimeField(null=True, blank=True)
    unsubscribed_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceRows.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["answer_token"], name="one_invitation_per_answer_link"),
            models.UniqueConstraint(
                fields=["unsubscribe_token"], name="one_invitation_per_unsubscribe_link"
            ),
            # each reminder once; and what there is of a survey
            models.UniqueConstraint(
                fields=["survey", "reminder"], name="each_reminder_once_a_survey"
            ),
        )
        indexes = (
            # the outbox
            models.Index(fields=["workspace", "-created_at", "-id"], name="invitations_newest"),
            # a reminder's deletion
            models.Index(
                fields=["reminder"],
                condition=models.Q(reminder__isnull=False),
                name="invitations_of_reminder",
            ),
            # offers that run out
            models.Index(
                fields=["expires_at"],
                condition=models.Q(expires_at__isnull=False, shown_at=None, withdrawn_at=None),
                name="invitations_offered",
            ),
        )

    def __str__(self) -> str:
        return f"invitation of {self.survey_id}"

    @property
    def title(self) -> str:
        """What people know it by: its mail's subject, and before that is written its template's.

        That may be Liquid, which nobody should see: then it is the template's name.
        """
        if self.mail and self.mail.subject:
            return self.mail.subject
        return self.template.name if "{" in self.template.subject else self.template.subject

    @cached_property
    def asks(self) -> TemplateVersion:
        """What it asks with: its version, or what its template says now."""
        return self.version or current_of(self.template, timezone.now())

    @cached_property
    def said(self) -> Document:
        """What it says, in its language."""
        return spoken(self.asks.said, self.language)

    @property
    def is_reminder(self) -> bool:
        return self.id != self.survey_id

    @property
    def sent_by(self) -> SentBy:
        if self.is_reminder:
            return SentBy.REMINDER
        is_by_hand = self.survey.occasion_kind == Kind.HAND
        return SentBy.MANUAL if is_by_hand else SentBy.CAMPAIGN
