"""Stop mail to an address or a domain, look up what stops it, and let it go again.

Customers' own columns are copies. Whoever changes a suppression holds the customers it is about
meanwhile, in the order of their keys, so that columns and suppressions change together.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import CharField, F, Func, Q, Value

from afterword.core import bulk
from afterword.core.ids import new_id
from afterword.core.text import clean_text
from afterword.customers.models import Customer, Suppression, SuppressionReason
from afterword.customers.patterns import BELOW, address_end, is_address, patterns_about
from afterword.customers.standing import COLUMNS, FREE, Standing
from afterword.workspaces.models import User

__all__ = (
    "COLUMN_OF",
    "Listing",
    "Standing",
    "release",
    "standings",
    "suppress",
    "suppress_patterns",
)

Address = tuple[UUID, str]  # workspace and e-mail

COLUMN_OF = {
    SuppressionReason.UNSUBSCRIBED: "unsubscribed_at",
    SuppressionReason.COMPLAINED: "unsubscribed_at",
    SuppressionReason.HARD_BOUNCED: "hard_bounced_at",
    SuppressionReason.UNDELIVERABLE: "undeliverable_at",
    SuppressionReason.SOFT_BOUNCED: "suppressed_at",
    SuppressionReason.LISTED: "suppressed_at",
}
assert set(COLUMN_OF.values()) == set(COLUMNS)
_ONCE = (
    "ON CONFLICT (workspace_id, pattern, reason, campaign_id) WHERE ended_at IS NULL "
    "DO NOTHING RETURNING pattern"
)
_DOMAIN = Func(F("email"), Value("@"), Value(2), function="split_part", output_field=CharField())


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
    about = {address: patterns_about(address[1]) for address in addresses}
    live = _live({(workspace, p) for (workspace, _), found in about.items() for p in found})
    if not live:
        return {}
    return {
        (workspace, email): _standing(stops)
        for (workspace, email), found in about.items()
        if (stops := [stop for pattern in found for stop in live.get((workspace, pattern), ())])
    }


@transaction.atomic
def suppress(
    workspace_id: UUID,
    pattern: str,
    reason: SuppressionReason,
    *,
    how: str,
    now: datetime,
    campaign_id: UUID | None = None,
    note: str = "",
    category: str = "",
    survey_id: UUID | None = None,
    by: User | None = None,
) -> bool:
    """Stop mail to `pattern` from now on; False if it was stopped for this reason already.

    `pattern` is an e-mail as customers' are spelt, or what `read_pattern` returned. With a
    campaign, only its surveys stop. Call it for several addresses in one transaction only in
    their order, else two callers may wait for each other.
    """
    row = {
        "pattern": pattern,
        "reason": reason,
        "campaign_id": campaign_id,
        "how": how,
        "note": note,
        "category": category,
        "survey_id": survey_id,
        "by_id": by.id if by else None,
    }
    customers = _locked(workspace_id, [pattern])
    is_new = bool(_insert(workspace_id, [row], now))
    if is_new and campaign_id is None:
        _mark(COLUMN_OF[reason], customers, now)
    return is_new


class Listing(NamedTuple):
    """A pattern that a person or a program stops mail to, and what they say about it."""

    pattern: str
    category: str = ""
    note: str = ""


@transaction.atomic
def suppress_patterns(
    workspace_id: UUID,
    listings: Sequence[Listing],
    reason: SuppressionReason = SuppressionReason.LISTED,
    *,
    how: str,
    now: datetime,
    by: User | None = None,
) -> set[str]:
    """Stop mail to many patterns; return those that were not stopped. The first of equals counts.

    The number of queries does not depend on how many there are.
    """
    listed = {listing.pattern: listing for listing in reversed(listings)}
    said = {"reason": reason, "campaign_id": None, "how": how, "by_id": by.id if by else None}
    customers = _locked(workspace_id, listed)
    rows = [{**listed[pattern]._asdict(), **said} for pattern in sorted(listed)]
    new = _insert(workspace_id, rows, now)
    about = {id_ for id_, email in customers.items() if not new.isdisjoint(patterns_about(email))}
    _mark(COLUMN_OF[reason], about, now)
    return new


@transaction.atomic
def release(
    suppression: Suppression, *, how: str, now: datetime, by: User | None = None, note: str = ""
) -> None:
    """End a suppression; what else stops mail to its addresses goes on. The first time counts."""
    customers = _locked(suppression.workspace_id, [suppression.pattern])
    ended = Suppression.objects.filter(id=suppression.id, ended_at=None).update(
        ended_at=now, ended_how=how, ended_note=clean_text(note), ended_by=by
    )
    if ended and suppression.campaign_id is None:
        _recompute(COLUMN_OF[SuppressionReason(suppression.reason)], suppression, customers, now)


def _insert(workspace_id: UUID, rows: Iterable[Mapping[str, object]], now: datetime) -> set[str]:
    """Insert what is not live already; return the patterns that are new."""
    common = {"workspace_id": workspace_id, "at": now, "ended_how": "", "ended_note": ""}
    full = [
        {"id": new_id(), **common, **row, "note": clean_text(str(row.get("note", "")))}
        for row in rows
    ]
    return {str(pattern) for (pattern,) in bulk.insert(Suppression, full, _ONCE)}


def _mark(column: str, customers: Iterable[UUID], now: datetime) -> None:
    Customer.objects.filter(id__in=customers, **{column: None}).update(
        **{column: now}, updated_at=now
    )


def _locked(workspace_id: UUID, patterns: Collection[str]) -> dict[UUID, str]:
    """Lock the customers whose addresses fall under `patterns`; return the addresses by key."""
    domains = [pattern for pattern in patterns if not is_address(pattern)]
    about = Q(email__in=[pattern for pattern in patterns if is_address(pattern)])
    for below in (domain for domain in domains if domain.startswith(BELOW)):
        about |= Q(email__endswith=address_end(below))
    if domains:  # a condition of their own: with it every customer is looked at
        exact = [address_end(domain)[1:] for domain in domains if not domain.startswith(BELOW)]
        about |= Q(domain__in=exact)
    customers = Customer.objects.alias(domain=_DOMAIN).filter(about, workspace_id=workspace_id)
    locked = customers.order_by("id").select_for_update(no_key=True)
    return dict(locked.values_list("id", "email"))


def _recompute(
    column: str, ended: Suppression, customers: Mapping[UUID, str], now: datetime
) -> None:
    left = standings([(ended.workspace_id, email) for email in customers.values()])
    by_instant: dict[datetime | None, list[UUID]] = defaultdict(list)
    for id_, email in customers.items():
        standing = left.get((ended.workspace_id, email), FREE)
        by_instant[standing.columns[column]].append(id_)
    for at, ids in by_instant.items():
        Customer.objects.filter(id__in=ids).update(**{column: at}, updated_at=now)


def _live(patterns: Collection[Address]) -> dict[Address, list[_Live]]:
    if not patterns:
        return {}
    live: dict[Address, list[_Live]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_LIVE, [list(column) for column in zip(*patterns, strict=True)])
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
