"""Feedback that was received elsewhere, added by a member."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from afterword.campaigns.models import Campaign
from afterword.customers.models import Customer
from afterword.feedback.answering.answer import keep_facts
from afterword.feedback.models import Response, Source
from afterword.happenings.models import HappeningKind
from afterword.happenings.note import Happened, note
from afterword.survey_templates.metrics import Metric


class Heard(NamedTuple):
    """What a customer said, and when; `counts` says whether it is a part of scores."""

    metric: Metric
    score: int
    comment: str
    at: datetime
    campaign: Campaign | None = None
    counts: bool = True


@transaction.atomic
def add(customer: Customer, heard: Heard, now: datetime) -> Response:
    """Keep it, marked as added by hand; nobody was asked, so it is part of no response rate."""
    response = Response.objects.create(
        workspace_id=customer.workspace_id,
        campaign=heard.campaign,
        customer=customer,
        email=customer.address,
        source=Source.MANUAL,
        counts=heard.counts,
        metric=heard.metric,
        score=heard.score,
        comment=heard.comment,
        created_at=heard.at,
        updated_at=now,
        submitted_at=heard.at,
    )
    keep_facts(response)
    note([Happened(customer.workspace_id, HappeningKind.FEEDBACK_NEW, response.id)], now)
    return response


def take_back(response: Response) -> bool:
    """Remove what was added by hand; an answer that a customer gave stays."""
    removed, _ = Response.objects.filter(id=response.id, source=Source.MANUAL).delete()
    return bool(removed)
