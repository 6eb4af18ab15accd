"""The decision log: why someone was, or was not, asked."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from afterword.campaigns.models import Campaign
from afterword.core.ids import new_id
from afterword.customers.models import Customer
from afterword.decisions.reasons import Reason
from afterword.events.models import Event
from afterword.workspaces.models import Workspace, WorkspaceRows


class Decision(models.Model):
    """The verdict on one event for one campaign that listens for it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, models.CASCADE, related_name="decisions", db_index=False
    )
    event = models.ForeignKey(Event, models.CASCADE, related_name="decisions")
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="decisions")
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="decisions"
    )
    reason = models.CharField(max_length=20, choices=[(r.value, r.label) for r in Reason])
    # What a person needs to understand the reason; its keys depend on the reason.
    detail = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    decided_at = models.DateTimeField()

    objects = WorkspaceRows.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["event", "campaign"],
                condition=~models.Q(reason="duplicate"),
                name="one_verdict_per_event_and_campaign",
            ),
        )
        indexes = (
            models.Index(fields=["workspace", "-decided_at", "-id"], name="decisions_newest"),
            models.Index(fields=["workspace", "reason", "-decided_at"], name="decisions_by_reason"),
        )

    def __str__(self) -> str:
        return self.reason
