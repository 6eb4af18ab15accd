"""Responses: what customers answered."""

from datetime import datetime
from typing import NamedTuple

from django.db import models

from afterword.campaigns.models import Campaign
from afterword.core.ids import new_id
from afterword.customers.models import Customer, Facts
from afterword.customers.snapshot import name_in
from afterword.feedback.hits.judge import Judgement
from afterword.feedback.loop.models import Assignment, AssignmentRule
from afterword.feedback.replies.models import CustomerReply
from afterword.feedback.risk.models import AtRisk, RiskRule
from afterword.survey_templates.metrics import METRIC_CHOICES, SCALES, Bucket, Metric, Scale
from afterword.survey_templates.models import TemplateVersion
from afterword.surveys.models import Invitation, Survey
from afterword.workspaces.models import User, Workspace, WorkspaceRows

__all__ = [
    "Assignment", "AssignmentRule", "AtRisk", "CustomerReply", "Earlier", "Hit", "HitKind",
    "Response", "ResponseFacts", "RiskRule", "Source",
]  # fmt: skip


class Earlier(NamedTuple):
    """What an answer said, from `at` until it was changed."""

    score: int
    comment: str
    at: datetime


class Source(models.TextChoices):
    SURVEY = "survey", "Survey"
    MANUAL = "manual", "Added by hand"
    API = "api", "API"
    IMPORT = "import", "Import"
    REPLY = "reply", "Reply by mail"


# What customers answered to a survey of ours.
BY_SURVEY = frozenset({Source.SURVEY, Source.REPLY})


class Response(models.Model):
    """The answer to one survey. A score alone counts; the comment may follow."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="responses")
    # None for what was answered elsewhere, or by nobody in particular.
    survey = models.OneToOneField(
        Survey, models.CASCADE, null=True, blank=True, related_name="response"
    )
    campaign = models.ForeignKey(
        Campaign, models.CASCADE, null=True, blank=True, related_name="responses"
    )
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="responses"
    )
    email = models.CharField(max_length=254, blank=True, default="", db_default="")
    source = models.CharField(
        max_length=10, choices=Source.choices, default=Source.SURVEY, db_default=Source.SURVEY
    )
    # Whether it is a part of scores.
    counts = models.BooleanField(default=True, db_default=True)
    # What it answered, and in which language; None where that is not known.
    version = models.ForeignKey(
        TemplateVersion, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    language = models.CharField(max_length=35, blank=True, default="", db_default="")
    metric = models.CharField(max_length=10, choices=METRIC_CHOICES)
    score = models.SmallIntegerField()
    comment = models.TextField(blank=True, max_length=10_000)
    # {key of a further question: what was said}, choices in the template's own language.
    answers = models.JSONField(
        default=dict, blank=True, db_default=models.Value({}, models.JSONField())
    )
    # Whether the box was ticked; None where there was none.
    consent = models.BooleanField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    # When the whole form was sent; None while only the score is known.
    submitted_at = models.DateTimeField(null=True, blank=True)
    # What it said before it was changed, the oldest first; see `Earlier`.
    earlier = models.JSONField(
        default=list, blank=True, db_default=models.Value([], models.JSONField())
    )

    objects = WorkspaceRows.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["workspace", "-created_at", "-id"], name="responses_newest"),
            models.Index(fields=["workspace", "metric", "created_at"], name="responses_by_metric"),
            models.Index(fields=["customer", "-created_at"], name="responses_of_customer"),
            # who is at risk: what came, or changed, since one looked
            models.Index(fields=["workspace", "updated_at"], name="responses_changed"),
        )

    def __str__(self) -> str:
        return f"{self.metric} {self.score}"

    @property
    def scale(self) -> Scale:
        return SCALES[Metric(self.metric)]

    @property
    def bucket(self) -> Bucket:
        return self.scale.bucket(self.score)

    @property
    def who(self) -> str:
        """Whose answer it is; of who is no customer any more, the name that they had."""
        if self.customer:
            return str(self.customer)
        facts = getattr(self, "facts_then", None)
        return (name_in(facts.facts) if facts else "") or self.email or "Anonymous"

    @property
    def earlier_answers(self) -> list[Earlier]:
        """Return what it said before, the newest first."""
        return [
            Earlier(one["score"], one["comment"], datetime.fromisoformat(one["at"]))
            for one in reversed(self.earlier)
        ]

    @property
    def is_partial(self) -> bool:
        """Whether there is a score without a comment, sent or not: it counts all the same."""
        return not self.comment


class ResponseFacts(Facts):
    """What was known of somebody when they answered."""

    response = models.OneToOneField(
        Response, models.CASCADE, primary_key=True, related_name="facts_then"
    )

    def __str__(self) -> str:
        return f"facts of {self.response_id}"


class HitKind(models.TextChoices):
    PAGE = "page", "Survey page"
    UNSUBSCRIBE = "unsubscribe", "Unsubscribe page"
    TRAP = "trap", "Hidden link"


class Hit(models.Model):
    """A link of an invitation being fetched. Nothing follows from it but that it is known."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="hits", db_index=False)
    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="hits", db_index=False)
    at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=HitKind.choices)
    method = models.CharField(max_length=7)
    score = models.SmallIntegerField(null=True, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    # When the fetched page asked for what belongs to it: it was shown.
    shown_at = models.DateTimeField(null=True, blank=True)
    # When a person confirmed what this visit is about: it is an answer, and no machine's.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    judgement = models.CharField(
        max_length=16,
        blank=True,
        choices=[(judgement.value, judgement.label) for judgement in Judgement],
    )
    # When a member of the workspace made an answer of it after all.
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = WorkspaceRows.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["invitation", "at"], name="hits_of_survey"),
            models.Index(
                fields=["workspace", "-at", "-id"],
                condition=models.Q(
                    kind="page", score__isnull=False, confirmed_at=None, accepted_at=None
                ),
                name="hits_unconfirmed",
            ),
        )

    def __str__(self) -> str:
        return f"{self.method} {self.kind} {self.at}"
