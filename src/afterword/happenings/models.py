"""Happenings, who listens for them, and how far each reader has read."""

from django.db import models

from afterword.happenings.transaction_id import CurrentTransaction, TransactionField
from afterword.workspaces.models import Workspace, WorkspaceRows


class HappeningKind(models.TextChoices):
    """What may happen. The part before the dot says whose id the subject is."""

    FEEDBACK_NEW = "feedback.new", "New feedback"
    FEEDBACK_CHANGED = "feedback.changed", "Feedback changed"
    # Whose it is to follow an answer up: that somebody got it, and that its time is past.
    FEEDBACK_ASSIGNED = "feedback.assigned", "Feedback assigned"
    FEEDBACK_OVERDUE = "feedback.overdue", "Assigned feedback overdue"
    # Of an invitation: one time that somebody is asked. The first has its survey's id.
    SURVEY_SENT = "survey.sent", "Survey sent"
    SURVEY_OPENED = "survey.opened", "Survey opened"
    SURVEY_CLICKED = "survey.clicked", "Survey clicked"
    SURVEY_BOUNCED = "survey.bounced", "Survey bounced"
    SURVEY_COMPLAINED = "survey.complained", "Survey complained about"
    CUSTOMER_UNSUBSCRIBED = "customer.unsubscribed", "Customer unsubscribed"
    CUSTOMER_RESUBSCRIBED = "customer.resubscribed", "Customer resubscribed"
    CUSTOMER_HARD_BOUNCED = "customer.hard_bounced", "Customer's address hard-bounced"
    CUSTOMER_REPLIED = "customer.replied", "Customer replied"
    CUSTOMER_AT_RISK = "customer.at_risk", "Customer at risk"
    # Of a brake.
    SENDING_PAUSED = "sending.paused", "Sending paused"
    # Of a comparison of a campaign's last answers with those before.
    SCORE_MOVED = "score.moved", "Score moved"


def kinds() -> list[tuple[str, str]]:
    """The choices, by a name that migrations repeat instead of them: a new kind needs none."""
    return HappeningKind.choices


class Happening(models.Model):
    """That something became so. It holds ids alone; who reads it looks at the rows of today.

    It is written by `note.py` only, and kept in one partition for each month (`partitions.py`).
    """

    id = models.BigAutoField(primary_key=True)
    transaction = TransactionField(db_default=CurrentTransaction(), editable=False)
    # Checked by nobody: a foreign key would cost more than the row. Deletions are Django's.
    workspace = models.ForeignKey(
        Workspace,
        models.CASCADE,
        related_name="happenings",
        db_constraint=False,
        db_index=False,
    )
    kind = models.CharField(max_length=30, choices=kinds)
    subject_id = models.UUIDField()
    at = models.DateTimeField()  # when it was noted: when it was so may have been told late

    objects = WorkspaceRows.as_manager()

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"


class Listening(models.Model):
    """That something in a workspace wants to know of one kind of happening."""

    workspace = models.ForeignKey(
        Workspace, models.CASCADE, related_name="listenings", db_index=False
    )
    kind = models.CharField(max_length=30, choices=kinds)
    by = models.CharField(max_length=60)  # such as `webhook` and its id

    objects = WorkspaceRows.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "kind", "by"], name="one_listening_each"),
        )

    def __str__(self) -> str:
        return f"{self.by} for {self.kind}"


class Reader(models.Model):
    """Who reads happenings, of one workspace or of all, and the last one that they have read."""

    name = models.CharField(max_length=60)
    workspace = models.ForeignKey(
        Workspace,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="happening_readers",
        db_index=False,
    )
    read_transaction = TransactionField()
    read_id = models.BigIntegerField()

    objects = WorkspaceRows.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["workspace", "name"], nulls_distinct=False, name="one_reader_each"
            ),
        )

    def __str__(self) -> str:
        return self.name
