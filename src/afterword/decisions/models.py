"""The decision log: why someone was, or was not, asked."""

from collections.abc import Iterable
from typing import Self
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from afterword.campaigns.models import Campaign
from afterword.core.ids import new_id
from afterword.customers.models import Customer
from afterword.decisions.reasons import Reason
from afterword.events.models import Event
from afterword.occasions.occasion import Kind
from afterword.workspaces.models import Workspace, WorkspaceRows


class DecisionQuerySet(WorkspaceRows["Decision"]):
    def about(self, campaign_id: UUID, kind: Kind, occasion_ids: Iterable[UUID]) -> Self:
        """Those on these occasions. The key that finds them leaves duplicates of old out, so
        they have to be left out here as well, or every decision there is would be read."""
        rows = self.filter(campaign_id=campaign_id, occasion_kind=kind)
        return rows.filter(occasion_id__in=list(occasion_ids)).exclude(reason=Reason.DUPLICATE)


class Decision(models.Model):
    """The verdict on one occasion for one campaign: there is one for each."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, models.CASCADE, related_name="decisions", db_index=False
    )
    occasion_kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in Kind])
    occasion_id = models.UUIDField()
    # The first day of the occasion's month: the key by which the log can be kept by month.
    month = models.DateField()
    # For pages; events age away, and what was decided stays.
    event = models.ForeignKey(
        Event, models.SET_NULL, null=True, blank=True, related_name="decisions"
    )
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="decisions", db_index=False)
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="decisions"
    )
    reason = models.CharField(max_length=20, choices=[(r.value, r.label) for r in Reason])
    # What a person needs to understand the reason; its keys depend on the reason.
    detail = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    decided_at = models.DateTimeField()

    objects = DecisionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "occasion_id", "occasion_kind", "month"],
                condition=~models.Q(reason="duplicate"),  # of before retries were counted
                name="one_decision_per_campaign_and_occasion",
            ),
        )
        indexes = (
            models.Index(fields=["workspace", "-decided_at", "-id"], name="decisions_newest"),
            models.Index(fields=["workspace", "reason", "-decided_at"], name="decisions_by_reason"),
        )

    def __str__(self) -> str:
        return self.reason
