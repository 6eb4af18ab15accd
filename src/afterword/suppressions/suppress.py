"""Stop mail to addresses and domains, look up what stops it, and let it go again.

Customers' own columns are copies. Whoever changes a suppression holds the customers it is about
meanwhile, in the order of their keys, so that columns and suppressions change together.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction

from afterword.core import bulk
from afterword.core.arrays import text_array
from afterword.core.ids import new_id
from afterword.core.text import clean_text
from afterword.customers.models import Customer
from afterword.customers.record import Record
from afterword.customers.standing import COLUMNS, FREE, Standing
from afterword.happenings.models import HappeningKind
from afterword.happenings.note import Happened, note
from afterword.suppressions.erased import all_patterns_about, twins
from afterword.suppressions.hold import Address, Held, hold
from afterword.suppressions.models import Suppression, SuppressionReason
from afterword.workspaces.models import User

COLUMN_OF = {
    SuppressionReason.UNSUBSCRIBED: "unsubscribed_at",
    SuppressionReason.COMPLAINED: "unsubscribed_at",
    SuppressionReason.HARD_BOUNCED: "hard_bounced_at",
    SuppressionReason.UNDELIVERABLE: "undeliverable_at",
    SuppressionReason.SOFT_BOUNCED: "suppressed_at",
    SuppressionReason.LISTED: "suppressed_at",
}
# What is told of a customer whose column is filled.
_HAPPENS = {
    "unsubscribed_at": HappeningKind.CUSTOMER_UNSUBSCRIBED,
    "hard_bounced_at": HappeningKind.CUSTOMER_HARD_BOUNCED,
}
assert set(COLUMN_OF.values()) == set(COLUMNS)
_ONCE = (
    "ON CONFLICT (workspace_id, pattern, reason, campaign_id) WHERE ended_at IS NULL "
    "DO NOTHING RETURNING id"
)


class Stop(NamedTuple):
    """Why an address or a domain gets no more mail. With a campaign, only its surveys stop.

    `pattern` is an e-mail as customers' are spelt, or what `read_pattern` returned.
    """

    workspace_id: UUID
    pattern: str
    reason: SuppressionReason
    how: str
    note: str = ""
    category: str = ""
    campaign_id: UUID | None = None
    survey_id: UUID | None = None
    by: User | None = None


class _Live(NamedTuple):
    pattern: str
    reason: SuppressionReason
    campaign_id: UUID | None
    at: datetime
    note: str


def standings(addresses: Collection[Address]) -> dict[Address, Standing]:
    """Return what stops mail to each of these (workspace, e-mail); one query for all of them.

    E-mails are spelt as customers' are. Those that nothing stops are left out.
    """
    about = {address: all_patterns_about(address[1]) for address in addresses}
    live = _live({(workspace, p) for (workspace, _), found in about.items() for p in found})
    if not live:
        return {}
    return {
        (workspace, email): _standing(stops)
        for (workspace, email), found in about.items()
        if (stops := [stop for pattern in found for stop in live.get((workspace, pattern), ())])
    }


def look_up_standings(workspace_id: UUID, records: Iterable[Record]) -> None:
    """Give each record that has an address what stops mail to it, new ones too.

    Asked after the known ones are locked: what stops their mail cannot change meanwhile.
    """
    by_address = {(workspace_id, one.email): one for one in records if one.email}
    found = standings(by_address)
    for address, record in by_address.items():
        record.standing = found.get(address, FREE)


def suppress(
    workspace_id: UUID,
    pattern: str,
    reason: SuppressionReason,
    *,
    how: str,
    now: datetime,
    note: str = "",
    category: str = "",
    by: User | None = None,
) -> bool:
    """Stop mail to one pattern from now on; False if it was stopped for this reason already."""
    stop = Stop(workspace_id, pattern, reason, how, note=note, category=category, by=by)
    return bool(suppress_all([stop], now))


@transaction.atomic
def suppress_all(stops: Collection[Stop], now: datetime) -> list[Stop]:
    """Stop mail to many from now on; return those that were not stopped for that reason already.

    The first of equals counts. The number of queries does not depend on how many there are.
    """
    if not stops:
        return []
    customers = hold({(stop.workspace_id, stop.pattern) for stop in stops})
    # In one order, so that two callers with the same patterns don't wait for each other.
    ordered = {new_id(): stop for stop in sorted(stops, key=_order)}
    rows = [_row(id_, stop, now) for id_, stop in ordered.items()]
    new = [ordered[UUID(str(id_))] for (id_,) in bulk.insert(Suppression, rows, _ONCE)]
    _mark(customers, new, now)
    return new


@transaction.atomic
def release(
    suppression: Suppression, *, how: str, now: datetime, by: User | None = None, note: str = ""
) -> None:
    """End a suppression; what else stops mail to its addresses goes on. The first time counts.

    It is the same whether the address is known, or kept as a hash since it was erased.
    """
    customers = hold({(suppression.workspace_id, suppression.pattern)})
    same = Suppression.objects.filter(
        workspace_id=suppression.workspace_id,
        pattern__in=twins(suppression, [one.email for one in customers]),
        reason=suppression.reason,
        campaign_id=suppression.campaign_id,
        ended_at=None,
    )
    ended = same.update(ended_at=now, ended_how=how, ended_note=clean_text(note), ended_by=by)
    if ended and suppression.campaign_id is None:
        _recompute(COLUMN_OF[SuppressionReason(suppression.reason)], customers, now)


def _order(stop: Stop) -> tuple[UUID, str, str, str]:
    return stop.workspace_id, stop.pattern, stop.reason, str(stop.campaign_id)


def _row(id_: UUID, stop: Stop, now: datetime) -> dict[str, object]:
    return {
        "id": id_,
        "workspace_id": stop.workspace_id,
        "pattern": stop.pattern,
        "reason": stop.reason,
        "campaign_id": stop.campaign_id,
        "at": now,
        "how": stop.how,
        "note": clean_text(stop.note),
        "category": stop.category,
        "survey_id": stop.survey_id,
        "by_id": stop.by.id if stop.by else None,
        "ended_how": "",
        "ended_note": "",
    }


def _mark(customers: Iterable[Held], new: Iterable[Stop], now: datetime) -> None:
    """Note the stops in the columns of those they are about, unless another was there before."""
    columns: dict[Address, set[str]] = defaultdict(set)
    for stop in new:
        if stop.campaign_id is None:
            columns[stop.workspace_id, stop.pattern].add(COLUMN_OF[stop.reason])
    marked: dict[str, set[Held]] = defaultdict(set)
    for customer in customers:
        for pattern in all_patterns_about(customer.email):
            for column in columns.get((customer.workspace_id, pattern), ()):
                marked[column].add(customer)
    for column, held in marked.items():
        Customer.objects.filter(id__in={one.id for one in held}, **{column: None}).update(
            **{column: now}, updated_at=now
        )
    note(_stopped(marked), now)


def _stopped(marked: Mapping[str, Collection[Held]]) -> list[Happened]:
    """What is new of those whose columns are filled now."""
    return [
        Happened(one.workspace_id, kind, one.id)
        for column, kind in _HAPPENS.items()
        for one in sorted(marked.get(column, ()))
        if getattr(one, column) is None
    ]


def _recompute(column: str, customers: Collection[Held], now: datetime) -> None:
    left = standings([(one.workspace_id, one.email) for one in customers])
    by_instant: dict[datetime | None, list[UUID]] = defaultdict(list)
    for one in customers:
        standing = left.get((one.workspace_id, one.email), FREE)
        by_instant[standing.columns[column]].append(one.id)
    for at, ids in by_instant.items():
        Customer.objects.filter(id__in=ids).update(**{column: at}, updated_at=now)
    if column == "unsubscribed_at":
        free = set(by_instant[None])
        kind = HappeningKind.CUSTOMER_RESUBSCRIBED
        back = [one for one in customers if one.id in free and one.unsubscribed_at]
        note([Happened(one.workspace_id, kind, one.id) for one in back], now)


def _live(patterns: Collection[Address]) -> dict[Address, list[_Live]]:
    if not patterns:
        return {}
    live: dict[Address, list[_Live]] = defaultdict(list)
    names = {workspace: str(workspace) for workspace in {of for of, _ in patterns}}
    written = [(names[workspace], pattern) for workspace, pattern in patterns]
    with connection.cursor() as cursor:
        cursor.execute(_LIVE, [text_array(column) for column in zip(*written, strict=True)])
        for workspace_id, pattern, reason, campaign_id, at, note in cursor:
            stop = _Live(pattern, SuppressionReason(reason), campaign_id, at, note)
            live[workspace_id, pattern].append(stop)
    return live


# The columns of the index of what is live, which is all that is looked at.
_LIVE = """
    SELECT workspace_id, pattern, reason, campaign_id, at, note
    FROM unnest(%s::uuid[], %s::text[]) AS asked(workspace_id, pattern)
    JOIN customers_suppression USING (workspace_id, pattern)
    WHERE ended_at IS NULL
"""


def _standing(stops: Iterable[_Live]) -> Standing:
    """The earliest of each kind counts."""
    campaigns: dict[UUID, datetime] = {}
    columns: dict[str, _Live] = {}
    for stop in sorted(stops, key=lambda stop: stop.at):
        if stop.campaign_id:
            campaigns.setdefault(stop.campaign_id, stop.at)
        else:
            columns.setdefault(COLUMN_OF[stop.reason], stop)
    listed = columns.get("suppressed_at")
    return Standing(
        **{column: stop.at for column, stop in columns.items()},
        campaigns=campaigns,
        pattern=listed.pattern if listed else "",
        note=listed.note if listed else "",
    )
