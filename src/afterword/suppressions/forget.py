"""Forget what browsers claimed long ago or too often, and domains that nobody asks about."""

from datetime import datetime, timedelta
from typing import LiteralString

from afterword.core import bulk
from afterword.customers.models import Identity
from afterword.suppressions.models import MailDomain

CLAIMS_FOR, MOST_CLAIMS = timedelta(days=90), 1_000_000  # the latest of each workspace
DOMAINS_FOR = timedelta(days=30)  # they are asked again after a day

_OLD_CLAIMS: LiteralString = """
    SELECT id FROM customers_identity WHERE NOT is_trusted AND said_at < %s
"""
# Sorted only where there are too many.
_SURPLUS_CLAIMS: LiteralString = """
    SELECT surplus.id FROM (
        SELECT workspace_id FROM customers_identity WHERE NOT is_trusted
        GROUP BY workspace_id HAVING count(*) > %s
    ) AS talkative CROSS JOIN LATERAL (
        SELECT id FROM customers_identity
        WHERE workspace_id = talkative.workspace_id AND NOT is_trusted
        ORDER BY said_at DESC OFFSET %s
    ) AS surplus
"""
_DOMAINS: LiteralString = "SELECT name FROM customers_maildomain WHERE checked_at < %s"


def forget_old(now: datetime) -> None:
    bulk.delete(Identity, _OLD_CLAIMS, (now - CLAIMS_FOR,))
    bulk.delete(Identity, _SURPLUS_CLAIMS, (MOST_CLAIMS, MOST_CLAIMS))
    bulk.delete(MailDomain, _DOMAINS, (now - DOMAINS_FOR,))
