"""Counts companies by the clock: to order all of them while a page waits would take seconds.

A page shows the numbers of today for the companies on it; the order is that of the last count.
"""

import time
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from afterword.core.survived import Survived
from afterword.insights.models import CompaniesCounted

AT_LEAST = 60.0  # seconds between two counts of a workspace
REST = 50  # times as long as a count took, so that counting is never more than 2 % of the work


def count_due(now: datetime) -> None:
    """Count the workspaces with companies whose last count is long enough ago, each by itself."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [now, AT_LEAST, REST])
        due = [id_ for (id_,) in cursor.fetchall()]
    for workspace_id in due:
        with Survived("the companies of workspace %s are not counted", workspace_id):
            count(workspace_id, now)


@transaction.atomic
def count(workspace_id: UUID, now: datetime) -> None:
    """Write down what each company amounts to, with one statement, and only what has changed.

    One worker at a time: a count may take longer than it is until the next one is due.
    """
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(_IS_OURS, [str(workspace_id)])
        if not cursor.fetchone()[0]:
            return
        # Where statistics are old, the planner would take joins that look at each row for each.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute("SET LOCAL work_mem = '64MB'")  # a million customers fit; half the time
        cursor.execute(_COUNT, [workspace_id] * 3)
    said = {"at": now, "seconds": time.monotonic() - began}
    CompaniesCounted.objects.update_or_create(workspace_id=workspace_id, defaults=said)


_DUE = """
    SELECT one.id FROM workspaces_workspace AS one
    LEFT JOIN insights_companiescounted AS counted ON counted.workspace_id = one.id
    WHERE EXISTS (SELECT FROM customers_company WHERE workspace_id = one.id)
      AND (counted.at IS NULL OR counted.at <= %s
          - make_interval(secs => greatest(%s, counted.seconds * %s)))
    ORDER BY counted.at NULLS FIRST
"""
_IS_OURS = "SELECT pg_try_advisory_xact_lock(hashtextextended('companies' || %s, 0))"
_COUNT = """
    INSERT INTO insights_companytally AS kept (company_id, workspace_id, customers, last_answer_at)
    SELECT coalesce(name.merged_into_id, name.id), name.workspace_id,
        coalesce(sum(theirs.customers), 0), coalesce(max(theirs.last_answer_at), to_timestamp(0))
    FROM customers_company AS name
    LEFT JOIN (
        SELECT customer.company_id, count(*) AS customers, max(answered.at) AS last_answer_at
        FROM customers_customer AS customer
        LEFT JOIN (
            SELECT customer_id, max(created_at) AS at FROM feedback_response
            WHERE workspace_id = %s AND counts AND customer_id IS NOT NULL GROUP BY customer_id
        ) AS answered ON answered.customer_id = customer.id
        WHERE customer.workspace_id = %s AND customer.company_id IS NOT NULL
        GROUP BY customer.company_id
    ) AS theirs ON theirs.company_id = name.id
    WHERE name.workspace_id = %s
    GROUP BY 1, 2
    ON CONFLICT (company_id) DO UPDATE
    SET customers = excluded.customers, last_answer_at = excluded.last_answer_at
    WHERE (kept.customers, kept.last_answer_at)
        IS DISTINCT FROM (excluded.customers, excluded.last_answer_at)
"""
