"""What stops mail to somebody, as pages show it: with who may end it, and how."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from afterword.customers.models import Customer
from afterword.suppressions.erased import all_patterns_about, is_erased, spellings
from afterword.suppressions.models import Suppression, SuppressionReason
from afterword.suppressions.patterns import is_address
from afterword.workspaces.models import Workspace

Reason = SuppressionReason
# A member may end these; an unsubscribe only with a note that says why.
ENDED_BY_MEMBERS = frozenset(
    {Reason.LISTED, Reason.SOFT_BOUNCED, Reason.HARD_BOUNCED, Reason.UNDELIVERABLE}
)
CATEGORIES = {
    "other": "Other",
    "corporate": "Corporate",
    "disposable": "Disposable",
    "invalid": "Invalid",
}


@dataclass(frozen=True, slots=True)
class ShownStop:
    """A suppression, what it is called, and what may be done about it."""

    suppression: Suppression
    campaign: str = ""  # the name of the only one that it is about
    customer: Customer | None = None  # who has the address, where one does

    @property
    def name(self) -> str:
        """What it is about, as pages say it."""
        pattern = self.suppression.pattern
        if not is_erased(pattern):
            return pattern
        return self.customer.address if self.customer else "An erased address"

    @property
    def is_live(self) -> bool:
        return self.suppression.ended_at is None

    @property
    def verb(self) -> str:
        """What a member may do; empty where only the person may."""
        if not self.is_live:
            return ""
        reason = Reason(self.suppression.reason)
        if reason == Reason.UNSUBSCRIBED:
            return "Resubscribe"
        if reason == Reason.LISTED:
            return "Take off the list"
        return "Mail again" if reason in ENDED_BY_MEMBERS else ""

    @property
    def is_ended_on_the_list(self) -> bool:
        """Whether the list offers to end it; a person's own word is met on their profile."""
        return self.is_live and self.suppression.reason in ENDED_BY_MEMBERS

    @property
    def category(self) -> str:
        return CATEGORIES.get(self.suppression.category, self.suppression.category)


def stops_about(customer: Customer) -> list[ShownStop]:
    """Return all that stops, or stopped, mail to a customer's address; what is live first."""
    rows = Suppression.objects.filter(
        workspace_id=customer.workspace_id, pattern__in=all_patterns_about(customer.address)
    )
    found = list(rows.select_related("by", "ended_by").order_by("-at", "-id")[:50])
    found.sort(key=lambda row: row.ended_at is not None)
    return _with_campaigns(
        customer.workspace, found, dict.fromkeys(spellings(customer.address), customer)
    )


def shown(workspace: Workspace, rows: Collection[Suppression]) -> list[ShownStop]:
    """Return what a page of the list shows, with two queries."""
    addresses = [row.pattern for row in rows if is_address(row.pattern)]
    customers = workspace.customers.filter(email__in=addresses)
    by_address = {customer.address: customer for customer in customers}
    return _with_campaigns(workspace, rows, by_address)


def searched(wanted: str) -> Q:
    """Return the condition for patterns that begin so, or whose domain does."""
    text = wanted.lower()
    return (
        Q(pattern__startswith=text)
        | Q(pattern__startswith=f"*.{text}")
        | Q(pattern__contains=f"@{text.removeprefix('@')}")
    )


def _with_campaigns(
    workspace: Workspace, rows: Iterable[Suppression], customers: dict[str, Customer]
) -> list[ShownStop]:
    ids: set[UUID] = {row.campaign_id for row in rows if row.campaign_id}
    names = {one.id: one.name for one in workspace.campaigns.filter(id__in=ids)} if ids else {}
    return [
        ShownStop(
            row,
            campaign=names.get(row.campaign_id, "a deleted campaign") if row.campaign_id else "",
            customer=customers.get(row.pattern),
        )
        for row in rows
    ]
