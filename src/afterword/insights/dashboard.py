"""How are we doing? Each metric's score, its shape and its course, with few queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import sqrt
from statistics import mean
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import TruncWeek
from django.http import QueryDict

from afterword.campaigns.certainty import margin
from afterword.feedback.models import Response
from afterword.feedback.search import Search
from afterword.feedback.whom.filters import Whom
from afterword.feedback.whom.narrow import narrow
from afterword.insights.basis import WEEKS, Basis, basis_of
from afterword.insights.scores import Score, score, unit
from afterword.sending.models import Mail
from afterword.survey_templates.metrics import SCALES, Bucket, Metric, Scale
from afterword.surveys.models import Survey
from afterword.workspaces.models import Member, WorkspaceRows

FEW = 30  # answers that were drawn say no score

Counts = dict[int, int]  # responses by score


@dataclass(frozen=True, slots=True)
class Share:
    """A bucket's part in the responses."""

    bucket: Bucket
    label: str
    count: int
    percent: int


@dataclass(frozen=True, slots=True)
class Bar:
    """How many chose a score."""

    score: int
    bucket: Bucket
    count: int


@dataclass(frozen=True, slots=True)
class Week:
    starts: date
    score: float | int | None
    responses: int


@dataclass(frozen=True)
class MetricReport:
    """One metric of the dashboard."""

    metric: Metric
    score: Score
    counts: Counts
    weeks: list[Week]
    arrived: int  # sent in the period, and answered or not bounced; reminders belong to theirs
    answered: int  # of those
    # How many of the answers that were drawn it comes of; None where all were counted.
    drawn: int | None = None
    drawn_a_week: float = 0.0  # the same for the course, in a week
    arrived_is_about: bool = False

    @property
    def is_about(self) -> bool:
        return self.drawn is not None

    @property
    def is_told(self) -> bool:
        """Whether there are enough to tell a score."""
        return self.drawn is None or self.drawn >= FEW

    @property
    def most(self) -> int:
        """How many answers there are at most, where they are too few to say more: by Poisson."""
        drawn = self.drawn or 0
        return round((drawn + 3 * sqrt(drawn) + 5) * self.score.total / drawn) if drawn else 0

    @property
    def margin(self) -> float:
        """By how much the score may be off, where it comes of some: see `certainty`."""
        return margin(self.metric, self.drawn) if self.drawn else 0.0

    @property
    def course_margin(self) -> float:
        """The same for one week's."""
        return margin(self.metric, self.drawn_a_week) if self.drawn_a_week else 0.0

    @property
    def scale(self) -> Scale:
        return SCALES[self.metric]

    @property
    def unit(self) -> str:
        return unit(self.metric)

    @property
    def response_rate(self) -> int | None:
        return round(100 * self.answered / self.arrived) if self.arrived else None

    @property
    def shares(self) -> list[Share]:
        found = self.score
        numbers = (
            (found.promoters_count, found.promoters),
            (found.passives_count, found.passives),
            (found.detractors_count, found.detractors),
        )
        return [
            Share(bucket, label, count, percent)
            for bucket, label, (count, percent) in zip(
                Bucket, self.scale.bucket_labels, numbers, strict=True
            )
        ]

    @property
    def bars(self) -> list[Bar]:
        return [
            Bar(value, self.scale.bucket(value), self.counts.get(value, 0))
            for value in self.scale.scores
        ]

    @property
    def has_course(self) -> bool:
        """Whether there are weeks to compare."""
        return sum(week.responses > 0 for week in self.weeks) > 1

    @property
    def picture(self) -> dict[str, object]:
        """Return what the charts draw, as JSON."""
        return {
            "scores": [bar.score for bar in self.bars],
            "counts": [bar.count for bar in self.bars],
            "buckets": [bar.bucket for bar in self.bars],
            "weeks": [f"{week.starts:%-d %b}" for week in self.weeks],
            "course": [week.score for week in self.weeks],
        }


def reports(
    member: Member, search: Search, now: datetime, basis: Basis | None = None
) -> list[MetricReport]:
    """Return a report for each metric that has responses, with three queries."""
    basis = basis or basis_of(member, search, now, Whom(QueryDict(), {}))
    zone = ZoneInfo(member.workspace.time_zone)
    answers = narrow(basis.answers.rows.filter(counts=True), basis.whom, now)
    recent = narrow(basis.recent.rows.filter(counts=True), basis.whom, now)
    counts = _counts(answers.values_list("metric", "score").annotate(Count("id")))
    weekly = {
        week: basis.recent.scaled(found) for week, found in _weekly(recent, now, zone).items()
    }
    arrived = _arrived(narrow(basis.surveys.rows, basis.whom, now), search, now)
    return [
        _report(metric, counts[metric], _weeks(metric, weekly, now, zone), arrived, basis)
        for metric in Metric
        if counts[metric]
    ]


def _report(
    metric: Metric,
    found: Counts,
    weeks: list[Week],
    arrived: Mapping[str, tuple[int, int]],
    basis: Basis,
) -> MetricReport:
    counts = basis.answers.scaled(found)
    came, answered = (round(n * basis.surveys.times) for n in arrived.get(metric, (0, 0)))
    with_answers = [week.responses / basis.recent.times for week in weeks if week.responses]
    return MetricReport(
        metric=metric,
        score=score(metric, counts),
        counts=counts,
        weeks=weeks,
        arrived=came,
        answered=answered,
        drawn=None if basis.answers.is_all else sum(found.values()),
        drawn_a_week=0 if basis.recent.is_all else mean(with_answers or [0]),
        arrived_is_about=not basis.surveys.is_all,
    )


def _counts(rows: Iterable[tuple[str, int, int]]) -> Mapping[str, Counts]:
    counts: dict[str, Counts] = defaultdict(dict)
    for metric, value, count in rows:
        counts[metric][value] = count
    return counts


def _weekly(
    answers: WorkspaceRows[Response], now: datetime, zone: ZoneInfo
) -> Mapping[tuple[str, date], Counts]:
    """Return the counts by metric and the Monday of their week."""
    since = now - timedelta(weeks=WEEKS)
    weekly: dict[tuple[str, date], Counts] = defaultdict(dict)
    rows = (
        answers.filter(created_at__gte=since)
        .annotate(week=TruncWeek("created_at", tzinfo=zone))
        .values_list("metric", "week", "score")
        .annotate(Count("id"))
    )
    for metric, week, value, count in rows:
        weekly[metric, week.date()][value] = count
    return weekly


def _weeks(
    metric: Metric, weekly: Mapping[tuple[str, date], Counts], now: datetime, zone: ZoneInfo
) -> list[Week]:
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    starts = [monday - timedelta(weeks=ago) for ago in reversed(range(WEEKS))]
    found = [(start, weekly.get((metric, start), {})) for start in starts]
    return [
        Week(start, score(metric, counts).score, sum(counts.values())) for start, counts in found
    ]


def _arrived(
    surveys: WorkspaceRows[Survey], search: Search, now: datetime
) -> dict[str, tuple[int, int]]:
    """Return by metric how many surveys arrived in the period, and how many of them answered."""
    asked = Q(asked_at__isnull=False)
    if search.campaign_id:
        asked &= Q(campaign_id=search.campaign_id)
    if since := search.since(now):
        asked &= Q(asked_at__gte=since)
    # The first mail has the survey's key; a bounce of what was answered is false.
    bounced = Mail.objects.filter(id=OuterRef("id"), bounced_at__isnull=False)
    rows = (
        surveys.filter(asked)
        .filter(Q(answered_at__isnull=False) | ~Exists(bounced))
        .values_list("metric")
        .annotate(Count("id"), Count("answered_at"))
    )
    return {metric: (arrived, answered) for metric, arrived, answered in rows}
