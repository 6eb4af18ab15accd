"""Looks at an address before its first survey: could mail to it arrive at all?

Its spelling, domains of throw-away mailboxes, and whether DNS knows a mail server for the domain.
It never holds up a mail: what nobody can say is not held against an address.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import Enum, auto
from functools import cache
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from afterword.core.email_address import normalise
from afterword.customers.models import Customer
from afterword.suppressions.erased import spellings
from afterword.suppressions.mail_domains import Reach, is_reserved, reach_now, reach_of
from afterword.suppressions.models import Suppression, SuppressionReason
from afterword.suppressions.patterns import domain_of
from afterword.suppressions.suppress import Stop, release, suppress, suppress_all
from afterword.workspaces.models import User

HOW = "address check"
_DISPOSABLE = Path(__file__).parent / "disposable_domains.txt"


class Outcome(Enum):
    FINE = auto()
    UNDELIVERABLE = auto()
    UNKNOWN = auto()  # DNS is away


class Finding(NamedTuple):
    outcome: Outcome
    words: str  # empty where it is fine


FINE = Finding(Outcome.FINE, "")
UNKNOWN = Finding(Outcome.UNKNOWN, "DNS could not be asked about the domain.")


def check(emails: Collection[str], now: datetime) -> dict[str, Finding]:
    """Return what is found of each address; a thread that runs no event loop may call it.

    One query, a second where DNS had news, and three seconds at most, however many there are.
    """
    found = {email: _without_dns(email) for email in emails}
    domains = {email: domain_of(email) for email, finding in found.items() if finding is None}
    judged = reach_of(set(domains.values()), now)
    return {
        email: finding or _from_dns(judged.get(domains[email])) for email, finding in found.items()
    }


def undeliverable(emails: Collection[str], now: datetime) -> dict[str, str]:
    """Return the addresses that mail cannot reach, with words that say why."""
    return {
        email: finding.words
        for email, finding in check(emails, now).items()
        if finding.outcome is Outcome.UNDELIVERABLE
    }


def check_before_first_survey(customers: Iterable[Customer], now: datetime) -> dict[UUID, str]:
    """Check the addresses that never were, and suppress those that mail cannot reach.

    Return why, by the customer's id; those that were checked before are left out. An address that
    DNS could not be asked about is looked at again before the next survey. The number of queries
    does not depend on that of customers.
    """
    unchecked = {one.id: one for one in customers if one.address_checked_at is None}
    findings = check({one.address for one in unchecked.values()}, now)
    checked = [
        one for one in unchecked.values() if findings[one.address].outcome is not Outcome.UNKNOWN
    ]
    bad = [one for one in checked if findings[one.address].outcome is Outcome.UNDELIVERABLE]
    if checked:
        _note(checked, [_stop(one, findings[one.address]) for one in bad], now)
    return {one.id: findings[one.address].words for one in bad}


def check_again(customer: Customer, now: datetime, by: User | None = None) -> Finding:
    """Check an address because a person asks, and suppress it or let it go accordingly."""
    finding = _without_dns(customer.address)
    finding = finding or _from_dns(reach_now(domain_of(customer.address), now))
    if finding.outcome is Outcome.UNKNOWN:
        return finding
    with transaction.atomic():
        if finding.outcome is Outcome.FINE:
            _release(customer, now, by)
        else:
            suppress(
                customer.workspace_id,
                customer.address,
                SuppressionReason.UNDELIVERABLE,
                how=HOW,
                now=now,
                note=finding.words,
                by=by,
            )
        Customer.objects.filter(id=customer.id).update(address_checked_at=now)
    return finding


def is_disposable(domain: str) -> bool:
    """Whether `domain`, or one above it, gives throw-away mailboxes."""
    labels = domain.split(".")
    return any(".".join(labels[i:]) in _disposable() for i in range(len(labels) - 1))


def _without_dns(email: str) -> Finding | None:
    """Judge by the address alone; None where DNS is to be asked."""
    if normalise(email) is None:
        return Finding(Outcome.UNDELIVERABLE, "It is not an e-mail address.")
    domain = domain_of(email)
    if is_disposable(domain):
        return Finding(Outcome.UNDELIVERABLE, f"{domain} gives out throw-away mailboxes.")
    return FINE if is_reserved(domain) else None


def _from_dns(reach: Reach | None) -> Finding:
    if reach is None:
        return UNKNOWN
    return FINE if reach.takes_mail else Finding(Outcome.UNDELIVERABLE, reach.words)


@transaction.atomic
def _note(checked: Iterable[Customer], stops: list[Stop], now: datetime) -> None:
    rows = Customer.objects.filter(id__in=[one.id for one in checked])
    # In the order in which everyone locks customers.
    ids = list(rows.order_by("id").select_for_update(no_key=True).values_list("id", flat=True))
    Customer.objects.filter(id__in=ids).update(address_checked_at=now)
    suppress_all(stops, now)


def _stop(customer: Customer, finding: Finding) -> Stop:
    return Stop(
        customer.workspace_id,
        customer.address,
        SuppressionReason.UNDELIVERABLE,
        how=HOW,
        note=finding.words,
    )


def _release(customer: Customer, now: datetime, by: User | None) -> None:
    live = Suppression.objects.filter(
        workspace_id=customer.workspace_id,
        pattern__in=spellings(customer.address),
        reason=SuppressionReason.UNDELIVERABLE,
        ended_at=None,
    )
    for suppression in live:
        release(suppression, how=HOW, now=now, by=by)


@cache
def _disposable() -> frozenset[str]:
    lines = _DISPOSABLE.read_text(encoding="ascii").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
