"""Receipts of erasures: how much was removed, and nothing about whom."""

from django.db import models

from afterword.core.ids import new_id
from afterword.workspaces.models import User, Workspace, WorkspaceRows


class Erasure(models.Model):
    """That somebody was erased. Whoever erased them knows who that was; this row does not."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, models.CASCADE, related_name="erasures", db_index=False
    )
    at = models.DateTimeField()
    # None where a command did it, or an account that is no more.
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    keeps_scores = models.BooleanField()
    # {name of a place (`places.py`): rows}; those without any are left out.
    counts = models.JSONField()

    objects = WorkspaceRows.as_manager()

    class Meta:
        indexes = (models.Index(fields=["workspace", "-at", "-id"], name="erasures_newest"),)

    def __str__(self) -> str:
        return f"erasure of {self.at}"
