"""Responses: what customers answered."""

from django.db import models

from afterword.campaigns.metrics import SCALES, Bucket, Metric, Scale
from afterword.campaigns.models import METRIC_CHOICES, Campaign
from afterword.core.ids import new_id
from afterword.customers.models import Customer
from afterword.surveys.models import Survey
from afterword.workspaces.models import Workspace, WorkspaceRows


class Response(models.Model):
    """The answer to one survey. A score alone counts; the comment may follow."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="responses")
    survey = models.OneToOneField(Survey, models.CASCADE, related_name="response")
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="responses")
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="responses"
    )
    email = models.CharField(max_length=254)
    metric = models.CharField(max_length=10, choices=METRIC_CHOICES)
    score = models.SmallIntegerField()
    comment = models.TextField(blank=True, max_length=10_000)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    # When the whole form was sent; None while only the score is known.
    submitted_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceRows.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["workspace", "-created_at", "-id"], name="responses_newest"),
            models.Index(fields=["workspace", "metric", "created_at"], name="responses_by_metric"),
            models.Index(fields=["customer", "-created_at"], name="responses_of_customer"),
        )

    def __str__(self) -> str:
        return f"{self.metric} {self.score}"

    @property
    def scale(self) -> Scale:
        return SCALES[Metric(self.metric)]

    @property
    def bucket(self) -> Bucket:
        return self.scale.bucket(self.score)
