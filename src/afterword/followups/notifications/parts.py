"""What digests are made of: so many parts of each, for a digest of thousands is read by nobody."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from django.db.models import Count

from afterword.core.among import among
from afterword.feedback.models import CustomerReply
from afterword.followups.models import Delivery
from afterword.happenings.models import HappeningKind

MOST_PARTS = 500  # of a digest that are looked at
_FIRST: LiteralString = """
    SELECT part.* FROM unnest(%s::uuid[]) AS digest (id)
    CROSS JOIN LATERAL (
        SELECT * FROM followups_delivery WHERE digest_id = digest.id
        ORDER BY happened_at, id LIMIT %s
    ) AS part
"""


def first_parts(digests: Collection[UUID]) -> Mapping[UUID, Sequence[Delivery]]:
    """Return the first ones of each digest in the order in which they happened; one query."""
    found: defaultdict[UUID, list[Delivery]] = defaultdict(list)
    rows = Delivery.objects.raw(_FIRST, [list(digests), MOST_PARTS]) if digests else ()
    for part in sorted(rows, key=lambda one: (one.happened_at, one.id)):
        assert part.digest_id
        found[part.digest_id].append(part)
    return found


def how_many(digests: Collection[UUID]) -> Mapping[UUID, int]:
    """Return how many parts each has; one query."""
    rows = Delivery.objects.filter(digest__in=among(digests)) if digests else None
    counted = rows.values_list("digest").annotate(Count("id")) if rows is not None else ()
    return defaultdict(int, {id_: count for id_, count in counted if id_})


def replies_told(deliveries: Collection[Delivery]) -> Mapping[tuple[UUID, datetime], str]:
    """Return what customers replied, by who and when; one query, or none."""
    told = [one for one in deliveries if one.kind == HappeningKind.CUSTOMER_REPLIED]
    rows = CustomerReply.objects.filter(
        customer__in=among({one.subject_id for one in told if one.subject_id}),
        received_at__in=list({one.happened_at for one in told}),
    )
    said = rows.values_list("customer_id", "received_at", "text") if told else ()
    return {(customer_id, at): text for customer_id, at, text in said}
