"""Ask once more, at the last moment, whether mails are to be sent; settle those that are not."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from afterword.core.failpoints import failpoint
from afterword.customers.models import Customer
from afterword.customers.standing import FREE, Standing
from afterword.sending.kinds import Unwanted, by_kind
from afterword.sending.lease import Held
from afterword.sending.models import Mail, State
from afterword.suppressions.suppress import standings
from afterword.workspaces.models import Workspace

LOOK_AGAIN = timedelta(minutes=1)  # at a mail that was refused at the last moment


def dismiss_unwanted(mails: Sequence[Mail], now: datetime) -> list[Mail]:
    """Return those to be sent, with all that sending needs; dismiss or cancel the others.

    Each kind says what speaks against its mails; what stops all mail of a workspace to an address
    is asked here. Customers are locked meanwhile, so that two workers can't both think theirs is
    the only mail on its way to someone. The mails are locked by the caller, in its transaction.
    """
    _attach(mails)
    unwanted: dict[UUID, Unwanted] = {}
    for kind, those in by_kind(mails):
        unwanted.update(kind.may_still_go(those, now))
    rest = [mail for mail in mails if mail.id not in unwanted]
    unwanted.update(_stopped(rest))
    _settle([mail for mail in mails if mail.id in unwanted], unwanted, now)
    return [mail for mail in rest if mail.id not in unwanted]


@transaction.atomic
def settle_if_needed(held: Collection[Held], now: datetime) -> None:
    """Dismiss or cancel claimed mails that must not be sent any more, unless others have them."""
    attempts = dict(held)
    rows = Mail.objects.filter(id__in=attempts, state=State.CLAIMED).order_by("id")
    claimed = [one for one in rows.select_for_update() if one.attempt == attempts[one.id]]
    if not claimed:
        return
    rest = {one.id for one in dismiss_unwanted(claimed, now)}
    # What spoke against these has passed, or their stream is paused: a later claim tells.
    Mail.objects.filter(id__in=rest).update(
        state=State.QUEUED, worker=None, lease_until=None, due_at=now + LOOK_AGAIN
    )
    failpoint("before_settle_commit")


def _attach(mails: Sequence[Mail]) -> None:
    """Give the mails their workspaces and customers, and what stops mail to them."""
    workspaces = Workspace.objects.in_bulk({one.workspace_id for one in mails if one.workspace_id})
    customers = _lock_customers(mails)
    found = standings({(one.workspace_id, one.recipient) for one in mails if one.workspace_id})
    for mail in mails:
        customer = customers.get(mail.customer_id) if mail.customer_id else None
        mail.customer = customer
        if mail.workspace_id:
            mail.workspace = workspaces[mail.workspace_id]
            known = found.get((mail.workspace_id, mail.recipient), FREE)
            mail.standing = _with_columns(known, customer) if customer else known


def _lock_customers(due: Sequence[Mail]) -> dict[UUID, Customer]:
    ids = {mail.customer_id for mail in due if mail.customer_id}
    if not ids:
        return {}
    locked = (
        Customer.objects.filter(id__in=ids)
        .defer("changed_at", "created_at", "updated_at", "last_surveyed_at")
        .order_by("id")
        .select_for_update(no_key=True)
    )
    return {customer.id: customer for customer in locked}


def _with_columns(known: Standing, customer: Customer) -> Standing:
    """The customer's own columns too: what `begin` will look at must be heard here."""
    return known._replace(
        unsubscribed_at=known.unsubscribed_at or customer.unsubscribed_at,
        hard_bounced_at=known.hard_bounced_at or customer.hard_bounced_at,
        undeliverable_at=known.undeliverable_at or customer.undeliverable_at,
        suppressed_at=known.suppressed_at or customer.suppressed_at,
    )


def _stopped(mails: Iterable[Mail]) -> dict[UUID, Unwanted]:
    """Return the mails that what stops mail to their address, or to its domain, keeps back."""
    return {mail.id: why for mail in mails if (why := _why_stopped(mail))}


def _why_stopped(mail: Mail) -> Unwanted | None:
    for column, since in mail.standing.columns.items():
        if since:
            return Unwanted(column.removesuffix("_at"), {"since": since})
    if since := mail.standing.campaigns.get(mail.stream_id):
        return Unwanted("unsubscribed", {"since": since, "from": "campaign"})
    return None


def _settle(mails: Sequence[Mail], why: Mapping[UUID, Unwanted], now: datetime) -> None:
    for mail in mails:
        mail.worker = mail.lease_until = None
        mail.detail = dict(why[mail.id].detail)
        mail.reason = why[mail.id].reason
        mail.state = State.DISMISSED if mail.reason else State.CANCELLED
        mail.ended_at = now if mail.reason else None
        mail.cancelled_at = None if mail.reason else now
    if mails:
        Mail.objects.bulk_update(
            mails,
            ["state", "worker", "lease_until", "ended_at", "cancelled_at", "reason", "detail"],
        )
