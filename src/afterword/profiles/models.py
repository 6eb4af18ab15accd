"""How people look at the list of customers, and who was deleted from it a moment ago."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from afterword.workspaces.models import Member, Workspace, WorkspaceRows

MOST_CHARACTERS = 60


class ChosenColumns(models.Model):
    """The columns that a member of a workspace wants to see; see `listing/columns.py`."""

    member = models.OneToOneField(Member, models.CASCADE, related_name="+", primary_key=True)
    columns = ArrayField(models.TextField(), default=list)

    class Meta:
        verbose_name_plural = "chosen columns"

    def __str__(self) -> str:
        return ", ".join(self.columns)


class SavedView(models.Model):
    """A way to look at the customers that the workspace has given a name."""

    workspace = models.ForeignKey(
        Workspace, models.CASCADE, related_name="customer_views", db_index=False
    )
    name = models.CharField(max_length=MOST_CHARACTERS)
    # As a campaign's audience is stored; {} for everybody.
    audience = models.JSONField(default=dict, blank=True)
    text = models.CharField(max_length=254, blank=True)
    status = models.CharField(max_length=20, blank=True)
    order = models.CharField(max_length=20, blank=True)
    columns = ArrayField(models.TextField(), default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceRows.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "name"], name="one_view_per_name"),
        )

    def __str__(self) -> str:
        return self.name


class DeletedCustomer(models.Model):
    """A customer who was deleted a moment ago, so that it can be undone; see `deleted.py`."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    customer_key = models.UUIDField(db_index=True)
    email = models.CharField(max_length=254, blank=True, default="", db_default="")
    at = models.DateTimeField(db_index=True)
    # {table: [row, …]}: what was deleted.
    rows = models.JSONField()
    # {table: {customer's key: [key, …]}}: what was left without its customer.
    links = models.JSONField()

    objects = WorkspaceRows.as_manager()

    def __str__(self) -> str:
        return str(self.customer_key)
