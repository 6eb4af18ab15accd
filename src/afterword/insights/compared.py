"""Scores over some time beside the time of equal length before, in words."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q

from afterword.feedback.models import Response
from afterword.insights.scores import score, unit
from afterword.survey_templates.metrics import SCALES, Metric


def scores_in_words(
    workspace_id: UUID, campaign_id: UUID | None, since: datetime, until: datetime
) -> list[str]:
    """Return a sentence for each metric that was answered; one query."""
    rows = Response.objects.filter(
        workspace_id=workspace_id,
        counts=True,
        created_at__gte=since - (until - since),
        created_at__lt=until,
    )
    if campaign_id:
        rows = rows.filter(campaign_id=campaign_id, metric=F("campaign__metric"))
    now: dict[Metric, Counter[int]] = {}
    before: dict[Metric, Counter[int]] = {}
    is_new = ExpressionWrapper(Q(created_at__gte=since), BooleanField())
    counted = rows.annotate(is_new=is_new).values_list("metric", "score", "is_new")
    for metric, value, is_of_now, count in counted.annotate(Count("id")):
        of = now if is_of_now else before
        of.setdefault(Metric(metric), Counter())[value] += count
    return [
        _sentence(metric, counts, before.get(metric, {}))
        for metric in Metric
        if (counts := now.get(metric))
    ]


def _sentence(metric: Metric, counts: Mapping[int, int], before: Mapping[int, int]) -> str:
    new, old = score(metric, counts), score(metric, before)
    of = f" {unit(metric)}" if metric is Metric.STAR else unit(metric)
    answers = "1 answer" if new.total == 1 else f"{new.total:,} answers"
    said = f"{SCALES[metric].label} {new.score}{of} from {answers}"
    if new.score is None or old.score is None:
        return said
    change = round(new.score - old.score, 1)
    moved = f"{abs(change):g} {'more' if change > 0 else 'less'} than" if change else "the same as"
    return f"{said}, {moved} before ({old.score} from {old.total:,})"
