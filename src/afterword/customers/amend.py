"""What a member changes about a customer by hand. It is logged, and no older event undoes it."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from afterword.core.text import clean_text
from afterword.customers.changes import log_change
from afterword.customers.models import Customer
from afterword.customers.own_fields import MAX_LINE, read_tags
from afterword.customers.record import MAX_TAGS, Record, set_own, set_property, stamp_of
from afterword.customers.upsert import load_locked, store
from afterword.workspaces.models import Member

Change = Callable[[Record, str], None]


@transaction.atomic
def amend(member: Member, customer_id: UUID, change: Change, now: datetime) -> set[str]:
    """Change a customer of the member's workspace; return the names of what has another value."""
    [record] = load_locked(member.workspace_id, [], [customer_id])
    change(record, stamp_of(now))
    if record.changed:
        record.is_changed = True
        store(member.workspace_id, [record], {}, member.user, now)
    return record.changed


def fields(own: Mapping[str, str]) -> Change:
    """Return the change that gives these own fields."""

    def change(record: Record, stamp: str) -> None:
        for column, text in own.items():
            set_own(record, column, clean_text(text).strip()[:MAX_LINE])
            if column in record.changed:
                record.changed_at[column] = stamp

    return change


def value(name: str, said: Any) -> Change:
    """Return the change that gives a property a value as it is stored; None takes it away."""

    def change(record: Record, stamp: str) -> None:
        set_property(record, name, said)
        record.changed_at[name] = stamp

    return change


def tags(wanted: Collection[str]) -> Change:
    """Return the change that leaves a customer these tags and no others."""

    def change(record: Record, _stamp: str) -> None:
        kept = [tag for tag in record.tags if tag in wanted]
        new = [tag for tag in read_tags(list(wanted)) if tag not in kept]
        found = [*kept, *new][:MAX_TAGS]
        if found != record.tags:
            record.changed.add("tags")
            record.new_tags.update(set(found) - set(record.tags))
            record.tags = found

    return change


@transaction.atomic
def forget_last_survey(member: Member, customer: Customer, now: datetime) -> bool:
    """Let a regular campaign begin anew with them; throttle and cap look at mails, and stay.

    False if there was nothing to forget.
    """
    rows = Customer.objects.filter(id=customer.id, last_surveyed_at__isnull=False)
    if not rows.update(last_surveyed_at=None, updated_at=now):
        return False
    log_change(customer, ["last_surveyed_at"], member, now)
    return True
