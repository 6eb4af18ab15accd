"""Pieces of long work: what is to be done, and how far it has come."""

from django.db import models

from afterword.core.ids import new_id
from afterword.workspaces.models import User, Workspace, WorkspaceRows


class State(models.TextChoices):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Work(models.Model):
    """One piece of work. Its kind (`kinds.py`) does it, and alone knows what the JSON means."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    # Who started it; None for the command line, or for somebody who is gone.
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=50)
    # What is to be done.
    parameters = models.JSONField(default=dict, blank=True)
    # How many things there are to do, once that is known, and how many are done.
    total = models.PositiveBigIntegerField(null=True, blank=True)
    done = models.PositiveBigIntegerField(default=0)
    # Where it stands: None before the first batch.
    cursor = models.JSONField(null=True, blank=True)
    # What has become of what is done: counts, for one.
    report = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    worked_at = models.DateTimeField(null=True, blank=True)  # when the last batch was begun
    cancelled_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Batches that were begun since the last one that was committed; and why it was given up.
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True, default="")

    objects = WorkspaceRows.as_manager()

    class Meta:
        verbose_name_plural = "works"
        indexes = (
            models.Index(fields=["workspace", "-created_at"], name="long_work_newest"),
            models.Index(
                fields=["worked_at"],
                condition=models.Q(ended_at__isnull=True),
                name="long_work_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def state(self) -> State:
        if self.ended_at is None:
            return State.RUNNING if self.started_at else State.WAITING
        if self.failure:
            return State.FAILED
        return State.CANCELLED if self.cancelled_at else State.DONE

    @property
    def percent(self) -> int | None:
        """How much is done, rounded down; None while nobody knows how much there is to do."""
        return min(100, self.done * 100 // self.total) if self.total else None

    @property
    def per_second(self) -> int:
        """How many things were done in a second, so far; 0 while that says nothing."""
        until = self.ended_at or self.worked_at
        if self.started_at is None or until is None:
            return 0
        seconds = (until - self.started_at).total_seconds()
        return round(self.done / seconds) if seconds >= 1 else 0
