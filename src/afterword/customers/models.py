"""Customers, their typed properties, and the ids that applications know them by."""

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models

from afterword.core.ids import new_id
from afterword.customers.values import PropertyType
from afterword.workspaces.models import User, Workspace, WorkspaceRows


class Property(models.Model):
    """A typed fact about customers, defined before an event may fill it."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="properties")
    name = models.CharField(max_length=100)
    type = models.CharField(max_length=10, choices=[(t.value, t.value) for t in PropertyType])
    # What it means, for people.
    description = models.CharField(max_length=300, blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "properties"
        constraints = (
            models.UniqueConstraint(fields=["workspace", "name"], name="one_property_per_name"),
        )

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A label that customers of the workspace may have; a customer's own are in their row."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="tags", db_index=False)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceRows.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "name"], name="one_tag_per_name"),
        )

    def __str__(self) -> str:
        return self.name


LONGEST_COMPANY = 200


class CompanyQuerySet(WorkspaceRows["Company"]):
    def whole(self) -> "CompanyQuerySet":
        """Leave out the rows that are but another name of a company."""
        return self.filter(merged_into=None)


class Company(models.Model):
    """Where customers work, by one of its names or mail domains.

    `key` is the name however it is spelled, or the domain (`companies.py`). The customers of a
    company are those of its row and of the rows that lead to it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, models.CASCADE, related_name="companies", db_index=False
    )
    name = models.CharField(max_length=LONGEST_COMPANY)
    key = models.CharField(max_length=LONGEST_COMPANY)
    created_at = models.DateTimeField(auto_now_add=True)
    # The company that this row is another name of: one that leads nowhere itself.
    merged_into = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="aliases", db_index=False
    )
    # Since when it is no company to anybody: a shared mail domain, a partner, ourselves.
    excluded_at = models.DateTimeField(null=True, blank=True)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "companies"
        constraints = (
            models.UniqueConstraint(fields=["workspace", "key"], name="one_company_per_key"),
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | models.Q(excluded_at=None),
                name="another_name_is_not_excluded",
            ),
        )
        indexes = (
            models.Index(
                fields=["merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="names_of_company",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def whole_id(self) -> UUID:
        """The key of the company that the row is, or is a name of."""
        return self.merged_into_id or self.id

    @property
    def domain(self) -> str:
        """The mail domain that the row stands for; empty where it stands for a name."""
        return self.key.removeprefix("@") if self.key.startswith("@") else ""


class CustomerQuerySet(WorkspaceRows["Customer"]):
    def distinct_people(self) -> "CustomerQuerySet":
        """Leave out the empty rows of those who turned out to be somebody else."""
        return self.filter(merged_into=None)


class Customer(models.Model):
    """A person who may be surveyed; where there is an address, one per address and workspace.

    An application may know somebody by an id before anyone says the address.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, models.CASCADE, related_name="customers", db_index=False
    )
    email = models.CharField(max_length=254, null=True, blank=True)  # noqa: DJ001  (unique where known)
    first_name = models.CharField(max_length=200, blank=True)
    last_name = models.CharField(max_length=200, blank=True)
    company_name = models.CharField(max_length=200, blank=True)
    job_title = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=200, blank=True)
    # {name: value}; dates as ISO 8601 in UTC, collections as lists.
    properties = models.JSONField(default=dict, blank=True)
    # {name: instant of the event that set or unassigned it}; own fields under their column name.
    changed_at = models.JSONField(default=dict, blank=True)
    tags = ArrayField(models.TextField(), default=list, blank=True)
    company = models.ForeignKey(
        Company, models.SET_NULL, null=True, blank=True, related_name="customers", db_index=False
    )
    source = models.CharField(max_length=50)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    last_surveyed_at = models.DateTimeField(null=True, blank=True)
    unsubscribed_at = models.DateTimeField(null=True, blank=True)
    hard_bounced_at = models.DateTimeField(null=True, blank=True)
    undeliverable_at = models.DateTimeField(null=True, blank=True)
    suppressed_at = models.DateTimeField(null=True, blank=True)
    # When the address was last looked at before a first survey; see `address_check`.
    address_checked_at = models.DateTimeField(null=True, blank=True)
    # Who they turned out to be when their address became known; the row itself is empty then.
    merged_into = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )

    objects = CustomerQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "email"], name="one_customer_per_address"),
        )
        indexes = (
            models.Index(fields=["workspace", "-created_at"], name="customers_newest"),
            models.Index(
                fields=["company"],
                condition=models.Q(company__isnull=False),
                name="customers_of_company",
            ),
            # Whoever is deleted is looked for here.
            models.Index(
                fields=["merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="customers_merged",
            ),
        )

    def __str__(self) -> str:
        return self.full_name or self.email or "Somebody without an address"

    @property
    def address(self) -> str:
        """The address; empty where none is known."""
        return self.email or ""

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class IdKind(models.TextChoices):
    USER = "user"
    ANONYMOUS = "anonymous"


class Identity(models.Model):
    """Whom an application's userId or anonymousId stands for.

    What a trusted source says leads to a customer. What a browser says is a claim, an address in
    writing, and is kept apart: anyone can send it.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=10, choices=IdKind.choices)
    external_id = models.CharField(max_length=255)
    is_trusted = models.BooleanField()
    customer = models.ForeignKey(
        Customer, models.CASCADE, null=True, blank=True, related_name="identities"
    )
    email = models.CharField(max_length=254, blank=True, default="", db_default="")
    said_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "identities"
        constraints = (
            models.UniqueConstraint(
                fields=["workspace", "kind", "external_id", "is_trusted"],
                name="one_address_per_id",
            ),
            models.CheckConstraint(
                condition=models.Q(is_trusted=True, customer__isnull=False)
                | models.Q(is_trusted=False, customer=None),
                name="trusted_ids_lead_to_customers",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.external_id}"


class Change(models.Model):
    """That something known of a customer changed: which fields, when, and by whom."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="changes", db_index=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    # Names of columns and of properties; see `record.py`.
    fields = ArrayField(models.TextField())
    # The integration that said so, as customers' sources are called, or a member.
    source = models.CharField(max_length=50, blank=True, default="")
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    objects = WorkspaceRows.as_manager()

    class Meta:
        indexes = (models.Index(fields=["customer", "-at"], name="changes_of_customer"),)

    def __str__(self) -> str:
        return f"{self.customer_id} {self.fields}"


class SearchText(models.Model):
    """What a customer is found by, as one text with an index of its trigrams: `search_texts.py`.

    It is not in the customer's row, where each survey and each event would write the index anew.
    """

    # The database itself deletes it after the customer: whoever did so before would wait for the
    # one who writes it, and who holds the customer.
    customer = models.OneToOneField(
        Customer, models.DO_NOTHING, primary_key=True, related_name="+", db_constraint=False
    )
    workspace = models.ForeignKey(
        Workspace, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    text = models.TextField()

    def __str__(self) -> str:
        return str(self.customer_id)


class StaleSearchText(models.Model):
    """That a customer's search text is missing or old; triggers on the customers' table note it.

    Without foreign keys and other indexes, for every new customer is noted here; of one who changes
    twice there are two rows, so that nobody waits for whoever works one off.
    """

    workspace_id = models.UUIDField()
    customer_id = models.UUIDField()

    def __str__(self) -> str:
        return str(self.customer_id)


class Facts(models.Model):
    """What was known of somebody at a moment (`snapshot.py`); kept beside a survey or an answer."""

    facts = models.JSONField()

    class Meta:
        abstract = True
