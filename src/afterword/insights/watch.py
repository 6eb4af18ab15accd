"""Note that campaigns' scores moved, where somebody wants to be told: at most once a week each."""

from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q

from afterword.feedback.models import Response
from afterword.followups.models import ScoreMove
from afterword.happenings.models import HappeningKind, Listening
from afterword.happenings.note import Happened, note
from afterword.insights.moved import has_moved
from afterword.insights.scores import score
from afterword.survey_templates.metrics import Metric

PERIOD = timedelta(days=30)
APART = timedelta(days=7)


class _Of(NamedTuple):
    workspace_id: UUID
    campaign_id: UUID
    metric: str


_Compared = dict[_Of, tuple[Counter[int], Counter[int]]]  # answers by score, before and after


def note_moves(now: datetime) -> int:
    """Compare the last 30 days with the 30 before; return how many scores moved."""
    moves = [
        _move(of, before, after, now)
        for of, (before, after) in _compared(now).items()
        if has_moved(Metric(of.metric), before, after)
    ]
    with transaction.atomic():
        ScoreMove.objects.bulk_create(moves, ignore_conflicts=True)
        # Where another process was quicker, the row is its, under another key.
        mine = ScoreMove.objects.filter(id__in=[move.id for move in moves])
        happened = [
            Happened(one.workspace_id, HappeningKind.SCORE_MOVED, one.id)
            for one in mine.order_by("id")
        ]
        note(happened, now)
    return len(happened)


def _compared(now: datetime) -> _Compared:
    """Count answers by score, before and after, for campaigns of which nothing was told lately."""
    listening = Listening.objects.filter(kind=HappeningKind.SCORE_MOVED).values("workspace")
    told = ScoreMove.objects.filter(day__gt=(now - APART).date()).values("campaign")
    rows = (
        Response.objects.filter(workspace__in=listening, counts=True)
        .filter(metric=F("campaign__metric"), campaign__archived_at=None)
        .filter(created_at__gte=now - 2 * PERIOD, created_at__lt=now)
        .exclude(campaign__in=told)
        .annotate(is_new=ExpressionWrapper(Q(created_at__gte=now - PERIOD), BooleanField()))
        .values_list("workspace", "campaign", "metric", "score", "is_new")
        .annotate(Count("id"))
    )
    found: _Compared = {}
    for *of, value, is_new, count in rows:
        pair = found.setdefault(_Of(*of), (Counter(), Counter()))
        pair[is_new][value] += count
    return found


def _move(of: _Of, before: Counter[int], after: Counter[int], now: datetime) -> ScoreMove:
    metric = Metric(of.metric)
    return ScoreMove(
        workspace_id=of.workspace_id,
        campaign_id=of.campaign_id,
        day=now.date(),
        before=score(metric, before).score or 0,
        after=score(metric, after).score or 0,
        answers_before=before.total(),
        answers_after=after.total(),
    )
