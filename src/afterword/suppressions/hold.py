"""Hold the customers that patterns are about, so that what stops mail to them can change."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from afterword.suppressions.erased import addresses_behind, is_erased
from afterword.suppressions.patterns import BELOW, address_end, is_address

Address = tuple[UUID, str]  # workspace and e-mail, or pattern


class Held(NamedTuple):
    """A locked customer, and what they were before anything changes."""

    id: UUID
    workspace_id: UUID
    email: str
    unsubscribed_at: datetime | None
    hard_bounced_at: datetime | None


def hold(patterns: Collection[Address]) -> list[Held]:
    """Lock the customers whose addresses fall under these (workspace, pattern), in one query.

    In the order of their keys, as everyone locks customers: else two may wait for each other.
    """
    hidden = [(of, pattern) for of, pattern in patterns if is_erased(pattern)]
    addresses = [(of, pattern) for of, pattern in patterns if is_address(pattern)]
    addresses += addresses_behind(hidden)
    domains = [one for one in patterns if not is_address(one[1]) and not is_erased(one[1])]
    exact = [(of, address_end(domain)[1:]) for of, domain in domains if domain[:2] != BELOW]
    below = [(of, address_end(domain)) for of, domain in domains if domain[:2] == BELOW]
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [*_columns(addresses), *_columns(exact), *_columns(below)])
        return [Held(*row) for row in cursor]


def _columns(pairs: Collection[Address]) -> list[list[object]]:
    return [[of for of, _ in pairs], [text for _, text in pairs]]


# Each part is a search of its own: joined by OR, they would look at every customer. Domains do so
# in any case, and only those of their workspaces.
_HOLD = """
    SELECT id, workspace_id, email, unsubscribed_at, hard_bounced_at
    FROM customers_customer WHERE id IN (
        SELECT id FROM customers_customer
        JOIN unnest(%s::uuid[], %s::text[]) AS address(workspace_id, email)
            USING (workspace_id, email)
        UNION ALL
        SELECT id FROM customers_customer AS customer
        JOIN unnest(%s::uuid[], %s::text[]) AS domain(workspace_id, name)
            ON domain.workspace_id = customer.workspace_id AND name = split_part(email, '@', 2)
        UNION ALL
        SELECT id FROM customers_customer AS customer
        JOIN unnest(%s::uuid[], %s::text[]) AS below(workspace_id, name)
            ON below.workspace_id = customer.workspace_id AND right(email, length(name)) = name
    ) ORDER BY id FOR NO KEY UPDATE
"""
