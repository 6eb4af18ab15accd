"""The rule of a workspace, how far it was applied, and who is at risk by it."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from afterword.customers.models import Customer
from afterword.feedback.risk.why import Reason, Rule
from afterword.survey_templates.metrics import SCALES, Metric
from afterword.workspaces.models import Workspace, WorkspaceRows

MOST_DAYS = 3_650


def _up_to(most: int) -> list[Any]:
    return [MinValueValidator(1), MaxValueValidator(most)]


class RiskRule(models.Model):
    """The numbers of `why.Rule`; a workspace that never changed them has the usual ones."""

    workspace = models.OneToOneField(
        Workspace, models.CASCADE, primary_key=True, related_name="risk_rule"
    )
    worst_days = models.PositiveSmallIntegerField(
        default=90, validators=_up_to(MOST_DAYS), null=True, blank=True
    )
    fall_percent = models.PositiveSmallIntegerField(
        default=30, validators=_up_to(100), null=True, blank=True
    )
    fall_days = models.PositiveSmallIntegerField(default=90, validators=_up_to(MOST_DAYS))
    silent_surveys = models.PositiveSmallIntegerField(
        default=2, validators=_up_to(100), null=True, blank=True
    )
    silent_days = models.PositiveSmallIntegerField(default=7, validators=_up_to(MOST_DAYS))
    # Up to when what came was judged.
    judged_at = models.DateTimeField()
    # Everybody is judged anew, from the newest answer back: how far that is. None once it is done.
    anew_from = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001

    objects = WorkspaceRows.as_manager()

    def __str__(self) -> str:
        return f"risk rule of {self.workspace_id}"

    @property
    def numbers(self) -> Rule:
        return Rule(
            self.worst_days,
            self.fall_percent,
            self.fall_days,
            self.silent_surveys,
            self.silent_days,
        )


class AtRisk(models.Model):
    """That a customer is at risk, since when, and why."""

    customer = models.OneToOneField(
        Customer, models.CASCADE, primary_key=True, related_name="at_risk"
    )
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    since = models.DateTimeField()
    reason = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Reason])
    metric = models.CharField(max_length=10)
    score = models.SmallIntegerField()  # of the last answer
    before = models.SmallIntegerField(null=True, blank=True)
    unanswered = models.PositiveSmallIntegerField(default=0)
    judged_at = models.DateTimeField()

    objects = WorkspaceRows.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["workspace", "judged_at"], name="at_risk_judged_longest_ago"),
        )

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """The reason, as a page says it."""
        label = SCALES[Metric(self.metric)].label
        if self.reason == Reason.WORST:
            return f"the last answer was {label} {self.score}"
        if self.reason == Reason.FELL:
            return f"{label} fell from {self.before} to {self.score}"
        surveys = "survey" if self.unanswered == 1 else f"{self.unanswered} surveys"
        return f"silent to the last {surveys} since {label} {self.score}"
