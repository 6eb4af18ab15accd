"""Surveys that were shown on a page: they throttle as mails do, and are none."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from afterword.campaigns.models import Channel
from afterword.decisions.terms import PastSurvey
from afterword.surveys.models import Survey


def shown_surveys(customer_ids: Collection[UUID], since: datetime) -> dict[UUID, list[PastSurvey]]:
    """Return those that were shown since then, by customer; newest first."""
    rows = Survey.objects.filter(customer_id__in=customer_ids, asked_at__gt=since)
    shown = rows.exclude(channel=Channel.EMAIL).order_by("-asked_at")
    past: dict[UUID, list[PastSurvey]] = {id_: [] for id_ in customer_ids}
    for id_, customer_id, campaign_id, at in shown.values_list(
        "id", "customer_id", "campaign_id", "asked_at"
    ):
        if at:
            past[customer_id].append(PastSurvey(id_, campaign_id, at, is_waiting=False))
    return past
