"""Counts of companies that lists are ordered by; see `companies/tally.py`."""

from django.db import models

from afterword.customers.models import Company
from afterword.workspaces.models import Workspace


class CompanyTally(models.Model):
    """What a company that is whole amounted to when its workspace was counted last.

    A trigger writes one of nobody beside each new company.
    """

    company = models.OneToOneField(Company, models.CASCADE, primary_key=True, related_name="tally")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    customers = models.PositiveIntegerField()
    last_answer_at = models.DateTimeField()  # 1970 where nobody answered

    class Meta:
        indexes = (
            models.Index(
                fields=["workspace", "-customers", "-company"], name="companies_by_customers"
            ),
            models.Index(
                fields=["workspace", "-last_answer_at", "-company"], name="companies_by_answer"
            ),
        )

    def __str__(self) -> str:
        return f"{self.company_id}: {self.customers}"


class CompaniesCounted(models.Model):
    """When the companies of a workspace were counted, and how long that took."""

    workspace = models.OneToOneField(
        Workspace, models.CASCADE, primary_key=True, related_name="companies_counted"
    )
    at = models.DateTimeField()
    seconds = models.FloatField()

    def __str__(self) -> str:
        return f"{self.workspace_id} {self.at}"
