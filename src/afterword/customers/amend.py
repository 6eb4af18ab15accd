"""What a member changes about a customer by hand. It is logged, and no older event undoes it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterword.core.text import clean_text
from afterword.customers.changes import log_changes
from afterword.customers.converting.recast import recast
from afterword.customers.models import Customer
from afterword.customers.own_fields import MAX_LINE, read_tags
from afterword.customers.properties import held_types
from afterword.customers.record import MAX_TAGS, Record, set_own, set_property, stamp_of
from afterword.customers.upsert import load_locked, store
from afterword.customers.values import Problem, Value
from afterword.workspaces.models import Member, User

Change = Callable[[Record, str], None]


def amend(member: Member, customer_id: UUID, change: Change, now: datetime) -> set[str]:
    """Change a customer of the member's workspace; return the names of what has another value."""
    changed = amend_all(member.workspace_id, member.user, [customer_id], change, now)
    return changed[0].changed if changed else set()


@transaction.atomic
def amend_all(
    workspace_id: UUID,
    by: User | None,
    customer_ids: Collection[UUID],
    change: Change,
    now: datetime,
) -> list[Record]:
    """Change many in the same way; return those of which something has another value.

    The number of queries does not depend on how many they are.
    """
    records = load_locked(workspace_id, [], customer_ids)
    for record in records:
        change(record, stamp_of(now))
        record.is_changed = bool(record.changed)
    store(workspace_id, records, {}, by or "", now)
    return [record for record in records if record.changed]


def fields(own: Mapping[str, str]) -> Change:
    """Return the change that gives these own fields."""

    def change(record: Record, stamp: str) -> None:
        for column, text in own.items():
            set_own(record, column, clean_text(text).strip()[:MAX_LINE])
            if column in record.changed:
                record.changed_at[column] = stamp

    return change


@transaction.atomic
def give_value(
    workspace_id: UUID,
    by: User | None,
    customer_ids: Collection[UUID],
    now: datetime,
    *,
    name: str,
    said: Value | None,
) -> list[Record] | Problem:
    """Give many a property's value as it is stored, None takes it away; return as `amend_all` does.

    It was read some time ago, maybe by a type that was changed since: what fits is converted, and
    where nothing of it does, nothing is changed.
    """
    kind = held_types(workspace_id).get(name)
    if kind is None:
        return Problem("The property was deleted or renamed meanwhile")
    found = recast(said, kind) if said is not None else None
    if isinstance(found, Problem) or (found is None and said is not None):
        return Problem(f"It does not fit the property's type, which is {kind} by now")
    return amend_all(workspace_id, by, customer_ids, _value(name, found), now)


def _value(name: str, said: Value | None) -> Change:
    def change(record: Record, stamp: str) -> None:
        set_property(record, name, said)
        record.changed_at[name] = stamp

    return change


def tags(wanted: Collection[str]) -> Change:
    """Return the change that leaves a customer these tags and no others."""

    def change(record: Record, _stamp: str) -> None:
        kept = [tag for tag in record.tags if tag in wanted]
        new = [tag for tag in read_tags(list(wanted)) if tag not in kept]
        _set_tags(record, [*kept, *new])

    return change


def tags_added(names: Collection[str]) -> Change:
    """Return the change that gives these tags; one for which there is no room is left out."""
    return lambda record, _stamp: _set_tags(record, [*dict.fromkeys([*record.tags, *names])])


def tags_removed(names: Collection[str]) -> Change:
    return lambda record, _: _set_tags(record, [tag for tag in record.tags if tag not in names])


def _set_tags(record: Record, wanted: Sequence[str]) -> None:
    found = list(wanted[:MAX_TAGS])
    if found != record.tags:
        record.changed.add("tags")
        record.new_tags.update(set(found) - set(record.tags))
        record.tags = found


def forget_last_survey(member: Member, customer: Customer, now: datetime) -> bool:
    """Let a regular campaign begin anew with them; throttle and cap look at mails, and stay.

    False if there was nothing to forget.
    """
    return forget_last_surveys(member.workspace_id, member.user, [customer.id], now) == 1


@transaction.atomic
def forget_last_surveys(
    workspace_id: UUID, by: User | None, customer_ids: Collection[UUID], now: datetime
) -> int:
    """The same for many, with three queries; return of how many there was something to forget."""
    records = load_locked(workspace_id, [], customer_ids)
    surveyed = [record for record in records if record.last_surveyed_at]
    rows = Customer.objects.filter(id__in=[record.id for record in surveyed])
    rows.update(last_surveyed_at=None, updated_at=now)
    for record in surveyed:
        record.changed.add("last_surveyed_at")
    log_changes(workspace_id, surveyed, by or "", now)
    return len(surveyed)
