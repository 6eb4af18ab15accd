"""What each campaign brought so far: for the list of campaigns."""

from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, Q

from afterword.campaigns.figures import Figures
from afterword.feedback.models import Response
from afterword.insights.scores import score, unit
from afterword.sending.models import Mail
from afterword.survey_templates.metrics import Metric
from afterword.surveys.models import Survey
from afterword.workspaces.models import Member

Sent = tuple[int, int, int, datetime | None]  # sent, arrived, answered, the last of them


def campaign_figures(member: Member) -> dict[UUID, Figures]:
    """Return the figures of campaigns that sent or were answered, with two queries."""
    sent, answers = _sent(member), _answers(member)
    found = {}
    for campaign_id in {*sent, *answers}:
        count, arrived, answered, last = sent.get(campaign_id, (0, 0, 0, None))
        metric, counts = answers.get(campaign_id, (None, {}))
        found[campaign_id] = Figures(
            sent=count,
            response_rate=round(100 * answered / arrived) if arrived else None,
            answers=sum(counts.values()),
            score=score(metric, counts).score if metric else None,
            unit=unit(metric) if metric else "",
            last_sent_at=last,
        )
    return found


def _sent(member: Member) -> dict[UUID, Sent]:
    # The first mail has the survey's key; a bounce of what was answered is false.
    bounced = Mail.objects.filter(id=OuterRef("id"), bounced_at__isnull=False)
    rows = (
        Survey.objects.visible_to(member)
        .filter(asked_at__isnull=False)
        .values_list("campaign_id")
        .annotate(
            sent=Count("id"),
            arrived=Count("id", filter=Q(answered_at__isnull=False) | ~Exists(bounced)),
            answered=Count("answered_at"),
            last=Max("asked_at"),
        )
    )
    return {campaign_id: (sent, *rest) for campaign_id, sent, *rest in rows}


def _answers(member: Member) -> dict[UUID, tuple[Metric, dict[int, int]]]:
    """Return the campaigns' metrics, and how many answers have each score."""
    found: dict[UUID, tuple[Metric, dict[int, int]]] = {}
    rows = (
        Response.objects.visible_to(member)
        .filter(metric=F("campaign__metric"), counts=True)
        .values_list("campaign_id", "metric", "score")
        .annotate(Count("id"))
    )
    for campaign_id, metric, value, count in rows:
        found.setdefault(campaign_id, (Metric(metric), {}))[1][value] = count
    return found
