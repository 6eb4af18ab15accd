"""Who gets no mail, and why; and what DNS says of addresses."""

from django.db import models

from afterword.core.ids import new_id
from afterword.workspaces.models import User, Workspace, WorkspaceRows


class SuppressionReason(models.TextChoices):
    """Why an address gets no mail; each has its own way out."""

    UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
    COMPLAINED = "complained", "Complained"
    HARD_BOUNCED = "hard_bounced", "Hard-bounced"
    SOFT_BOUNCED = "soft_bounced", "Soft-bounced three times"
    UNDELIVERABLE = "undeliverable", "Non-deliverable"
    LISTED = "listed", "Listed by hand"


class Suppression(models.Model):
    """Why an address, or every address of a domain, gets no mail. Ended ones are kept.

    It holds the address, not the customer: deleting a customer and meeting them again lifts
    nothing. Customers' own columns (`unsubscribed_at` and so on) are copies of the live ones.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, models.CASCADE, related_name="suppressions", db_index=False
    )
    # An address (`ann@example.com`), the hash of one that was erased (`erased.py`), a domain
    # (`example.com`), or the domains below one (`*.example.com`); in lower case, domains in ASCII.
    pattern = models.CharField(max_length=254)
    reason = models.CharField(max_length=20, choices=SuppressionReason.choices)
    # Only the surveys of this campaign; None for all.
    campaign_id = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField()
    # How it came about: link, one-click, preference page, a mail server's answer, a report, …
    how = models.CharField(max_length=30)
    # What a person noted, or the mail server's own words.
    note = models.TextField(blank=True)
    category = models.CharField(max_length=20, blank=True)
    survey_id = models.UUIDField(null=True, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=30, blank=True)
    ended_note = models.TextField(blank=True)
    ended_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = WorkspaceRows.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["workspace", "pattern", "reason", "campaign_id"],
                condition=models.Q(ended_at=None),
                nulls_distinct=False,
                name="one_live_suppression_each",
            ),
        )
        indexes = (models.Index(fields=["workspace", "-at", "-id"], name="suppressions_newest"),)
        db_table = "customers_suppression"  # from before suppressions were a stage of their own

    def __str__(self) -> str:
        return f"{self.pattern} {self.reason}"


class MailDomain(models.Model):
    """What DNS last said of a domain's mail: shared by all workspaces, asked again after a day."""

    name = models.CharField(max_length=253, primary_key=True)
    takes_mail = models.BooleanField()
    words = models.TextField(blank=True)
    checked_at = models.DateTimeField()

    class Meta:
        db_table = "customers_maildomain"  # from before suppressions were a stage of their own

    def __str__(self) -> str:
        return self.name
