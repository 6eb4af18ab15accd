"""What stops mail to an address that was erased: the address is kept as a keyed hash alone.

Whoever unsubscribed and had everything erased is not asked again, if the address comes back. The
hash is HMAC-SHA256 under a key of this installation's, so that nobody can try addresses without
it; with another AFTERWORD_SECRET_KEY it is not recognised any more.
"""

import hmac
from collections.abc import Collection, Iterable
from functools import cache
from hashlib import blake2b, sha256
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from afterword.suppressions.models import Suppression
from afterword.suppressions.patterns import is_address, patterns_about

MARK = "erased:"
_BLOCK = 64  # bytes of a block of SHA-256 (RFC 2104)


def erased(email: str) -> str:
    """Return the pattern that stands for an address, spelt as customers' are, once it is erased."""
    return MARK + hmac.new(_key(settings.SECRET_KEY), email.encode(), sha256).hexdigest()


def is_erased(pattern: str) -> bool:
    return pattern.startswith(MARK)


def spellings(email: str) -> list[str]:
    """Return both patterns that are about one address alone."""
    return [email, erased(email)]


def all_patterns_about(email: str) -> list[str]:
    """Return every pattern that an address falls under, itself first and its hash last."""
    return [*patterns_about(email), erased(email)]


def addresses_behind(patterns: Collection[tuple[UUID, str]]) -> list[tuple[UUID, str]]:
    """Return the (workspace, e-mail) of customers that these hashes are about.

    PostgreSQL computes the hash of every customer of the workspaces: rare, and seconds a million.
    """
    if not patterns:
        return []
    key = _key(settings.SECRET_KEY).ljust(_BLOCK, b"\0")
    outer, inner = (bytes(byte ^ pad for byte in key) for pad in (0x5C, 0x36))
    workspaces, texts = [of for of, _ in patterns], [pattern for _, pattern in patterns]
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND, [workspaces, texts, MARK, outer, inner])
        return [(workspace_id, email) for workspace_id, email in cursor]


def keep_erased(rows: QuerySet[Suppression]) -> int:
    """Keep of what stops mail that it does, without the address and without words; return how many.

    What has ended is deleted, and what is kept already from an erasure before. Part of a
    transaction that ends with nobody having the address.
    """
    kept = 0
    for row in rows.filter(ended_at=None).select_for_update().order_by("id"):
        if is_erased(row.pattern):
            kept += 1
            continue
        pattern = erased(row.pattern)
        twin = Suppression.objects.filter(
            workspace_id=row.workspace_id,
            pattern=pattern,
            reason=row.reason,
            campaign_id=row.campaign_id,
            ended_at=None,
        )
        if not twin.exists():
            kept += Suppression.objects.filter(id=row.id).update(
                pattern=pattern, note="", survey_id=None
            )
    rows.exclude(pattern__startswith=MARK).delete()
    return kept


def names(emails: Iterable[str]) -> dict[str, str]:
    """Return the e-mail by each of its patterns."""
    return {pattern: email for email in emails for pattern in spellings(email)}


def twins(suppression: Suppression, emails: Iterable[str]) -> list[str]:
    """Return the patterns that are about the same: an address and its hash are.

    `emails` are those of customers that the suppression is about.
    """
    pattern = suppression.pattern
    if is_address(pattern):
        return spellings(pattern)
    return [pattern, *emails] if is_erased(pattern) else [pattern]


@cache
def _key(secret_key: str) -> bytes:
    return blake2b(secret_key.encode(), digest_size=32, person=b"erased address").digest()


_BEHIND = """
    SELECT customer.workspace_id, customer.email
    FROM unnest(%s::uuid[], %s::text[]) AS hidden(workspace_id, pattern)
    JOIN customers_customer AS customer ON customer.workspace_id = hidden.workspace_id
     AND hidden.pattern = %s || encode(
         sha256(%s::bytea || sha256(%s::bytea || convert_to(customer.email, 'UTF8'))), 'hex')
"""
