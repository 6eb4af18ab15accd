"""Surveys that are shown on a page: they throttle as mails do, and are none."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from afterword.campaigns.models import Channel
from afterword.decisions.terms import PastSurvey
from afterword.surveys.models import Survey


def surveys_on_pages(
    customer_ids: Collection[UUID], since: datetime
) -> dict[UUID, list[PastSurvey]]:
    """Return those that were shown since then, or still wait for the customer to come by.

    By customer, newest first; one query.
    """
    counts = Q(asked_at__gt=since) | Q(asked_at=None, ended_at=None)
    rows = Survey.objects.filter(counts, customer_id__in=customer_ids)
    on_pages = rows.exclude(channel=Channel.EMAIL).annotate(
        at=Coalesce("asked_at", "invitations__due_at", "created_at"),
        priority=F("campaign__priority"),
    )
    past: dict[UUID, list[PastSurvey]] = {id_: [] for id_ in customer_ids}
    for one in on_pages.order_by("-at"):
        if one.customer_id:
            waits = one.asked_at is None
            past[one.customer_id].append(
                PastSurvey(one.id, one.campaign_id, one.at, waits, one.priority, is_mail=False)
            )
    return past
