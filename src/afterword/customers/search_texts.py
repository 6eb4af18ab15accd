"""Writes what customers are found by, for those whose search text is missing or old.

Whoever changes customers does not wait for it. Until it is done a search looks at those who wait
themselves: see `profiles/listing/search.py`.
"""

import time
from collections.abc import Sequence
from uuid import UUID

from django.db import connection, transaction

from afterword.core.failpoints import failpoint
from afterword.customers.models import StaleSearchText

TURN = 10.0  # seconds
AT_ONCE = 2_000  # rows of a transaction, which takes half a second
# All that is looked at, as one text; nobody types what stands between.
SEARCH_TEXT = (
    "(customers_customer.first_name || ' ' || customers_customer.last_name || chr(10)"
    " || coalesce(customers_customer.email, '') || chr(10) || customers_customer.company_name)"
)
# Who is about to be deleted is left alone: the next turn finds nobody, or them.
_HOLD = """
    SELECT id FROM customers_customer WHERE id = ANY(%s::uuid[])
    ORDER BY id FOR KEY SHARE SKIP LOCKED
"""
_WRITE = f"""
    INSERT INTO customers_searchtext (customer_id, workspace_id, text)
    SELECT id, workspace_id, {SEARCH_TEXT} FROM customers_customer WHERE id = ANY(%s::uuid[])
    ON CONFLICT (customer_id) DO UPDATE SET text = excluded.text
    WHERE customers_searchtext.text <> excluded.text
"""  # noqa: S608  (our own words)
_DONE = """
    DELETE FROM customers_stalesearchtext AS stale WHERE id = ANY(%s) AND (
        customer_id = ANY(%s::uuid[])
        OR NOT EXISTS (SELECT FROM customers_customer WHERE id = stale.customer_id OFFSET 0)
    )
"""


def write_search_texts() -> None:
    """Work off what waits, until nothing does or the turn is over."""
    ends = time.monotonic() + TURN
    after: int | None = 0
    while after is not None and time.monotonic() < ends:
        after = _write_some(after)


@transaction.atomic
def _write_some(after: int) -> int | None:
    """Write the texts of some, and note that it is done, in one transaction.

    Returns where to go on; None where nothing is left, or somebody else is at it. What changes
    after the customers were read is noted in a row that was not yet seen here.
    """
    if not _is_ours():
        return None
    rows = StaleSearchText.objects.filter(id__gt=after).order_by("id")
    stale = list(rows.values_list("id", "customer_id")[:AT_ONCE])
    if stale:
        _write([id_ for id_, _ in stale], list({customer for _, customer in stale}))
        failpoint("before_search_texts_commit")
    return stale[-1][0] if len(stale) == AT_ONCE else None


def _write(stale: Sequence[int], customers: list[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [customers])
        held = [id_ for (id_,) in cursor]
        cursor.execute(_WRITE, [held])
        cursor.execute(_DONE, [list(stale), held])


def _is_ours() -> bool:
    """One at a time: of two, the one that read first could write last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('search texts', 0))")
        return bool(cursor.fetchone()[0])
