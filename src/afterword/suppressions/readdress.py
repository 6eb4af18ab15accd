"""Give a customer another address. That they unsubscribed goes with them; a bounce does not."""

from collections.abc import Iterator
from datetime import datetime

from django.db import IntegrityError, transaction

from afterword.customers.changes import log_change
from afterword.customers.companies import place
from afterword.customers.models import Customer
from afterword.customers.standing import FREE
from afterword.customers.upsert import load_locked
from afterword.suppressions.models import Suppression, SuppressionReason
from afterword.suppressions.suppress import Stop, standings, suppress_all
from afterword.workspaces.models import Member

# What a person said, and not what a mail server did.
_OF_THE_PERSON = (SuppressionReason.UNSUBSCRIBED, SuppressionReason.COMPLAINED)


class AddressTaken(ValueError):
    """Another customer of the workspace has the address; safe to show."""


@transaction.atomic
def readdress(customer: Customer, email: str, member: Member, now: datetime) -> None:
    """Change the address to `email`, spelt as customers' are; raises AddressTaken."""
    rows = Customer.objects.filter(id=customer.id)
    before = rows.select_for_update(no_key=True).get().address
    try:
        with transaction.atomic():
            rows.update(email=email, address_checked_at=None, updated_at=now)
    except IntegrityError:
        raise AddressTaken(f"Another customer has the address {email}.") from None
    suppress_all(list(_carried(customer, before, email, member)), now)
    standing = standings([(customer.workspace_id, email)])
    rows.update(**standing.get((customer.workspace_id, email), FREE).columns)
    _place(customer, now)
    log_change(customer, ["email"], member, now)


def _place(customer: Customer, now: datetime) -> None:
    """Who names no company works where the address is."""
    [record] = load_locked(customer.workspace_id, [], [customer.id])
    if not record.own["company_name"]:
        record.company_id = None
        place(customer.workspace_id, [record], now)
        Customer.objects.filter(id=customer.id).update(company=record.company_id)


def _carried(customer: Customer, before: str, email: str, member: Member) -> Iterator[Stop]:
    said = Suppression.objects.filter(
        workspace_id=customer.workspace_id,
        pattern=before,
        reason__in=_OF_THE_PERSON,
        ended_at=None,
    )
    for one in said if before else ():
        yield Stop(
            customer.workspace_id,
            email,
            SuppressionReason(one.reason),
            how="new address",
            note=one.note,
            campaign_id=one.campaign_id,
            survey_id=one.survey_id,
            by=member.user,
        )
