"""Replies that came in by mail. `feedback/models.py` hands them on."""

from django.db import models

from afterword.core.ids import new_id
from afterword.customers.models import Customer
from afterword.workspaces.models import Workspace, WorkspaceRows


class CustomerReply(models.Model):
    """What a customer replied to a mail of ours, in their own words."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="replies", db_index=False)
    # Told by its Message-ID: the same mail is taken once.
    key = models.CharField(max_length=32)
    # Whether its number became the answer to the survey.
    is_answer = models.BooleanField(default=False)
    text = models.TextField(blank=True)
    received_at = models.DateTimeField()

    objects = WorkspaceRows.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "key"], name="replies_taken_once"),
        )
        indexes = (models.Index(fields=["customer", "-received_at"], name="replies_of_customer"),)

    def __str__(self) -> str:
        return f"reply of {self.customer_id}"
