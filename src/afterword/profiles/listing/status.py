"""Whom a list means by what stops mail to them, or by that nothing does."""

from enum import StrEnum

from afterword.audience.sql_text import Sql


class Status(StrEnum):
    FREE = "free"
    UNSUBSCRIBED = "unsubscribed"
    HARD_BOUNCED = "hard_bounced"
    UNDELIVERABLE = "undeliverable"
    SUPPRESSED = "suppressed"
    NO_ADDRESS = "no_address"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def condition(self) -> Sql:
        """Of a row of customers."""
        return Sql(_CONDITIONS[self])


_LABELS = {
    Status.FREE: "May be mailed",
    Status.UNSUBSCRIBED: "Unsubscribed",
    Status.HARD_BOUNCED: "Hard-bounced",
    Status.UNDELIVERABLE: "Non-deliverable",
    Status.SUPPRESSED: "Suppressed",
    Status.NO_ADDRESS: "No address known",
}
_COLUMNS = {
    Status.UNSUBSCRIBED: "customers_customer.unsubscribed_at",
    Status.HARD_BOUNCED: "customers_customer.hard_bounced_at",
    Status.UNDELIVERABLE: "customers_customer.undeliverable_at",
    Status.SUPPRESSED: "customers_customer.suppressed_at",
}
_CONDITIONS = {
    **{status: f"{column} IS NOT NULL" for status, column in _COLUMNS.items()},
    Status.FREE: "num_nonnulls({}) = 0 AND customers_customer.email IS NOT NULL".format(
        ", ".join(_COLUMNS.values())
    ),
    Status.NO_ADDRESS: "customers_customer.email IS NULL",
}


def statuses_of(customer: object) -> list[str]:
    """Return the words for what stops mail to a customer."""
    return [
        status.label
        for status, column in _COLUMNS.items()
        if getattr(customer, column.removeprefix("customers_customer."))
    ]
