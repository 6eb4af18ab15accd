"""What companies amount to: customers, answers, scores; for any number with two queries."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from afterword.insights.scores import Score, score, unit
from afterword.survey_templates.metrics import SCALES, Bucket, Metric, Scale

MONTHS = 12

Counts = dict[int, int]  # answers by score


@dataclass(frozen=True, slots=True)
class MetricScore:
    """A metric's score of a company: over the latest answer of each customer."""

    metric: Metric
    score: Score
    months: "Sequence[Month]" = ()  # the oldest first; none where nothing was answered in them

    @property
    def picture(self) -> dict[str, object]:
        """Return what the chart draws, as JSON."""
        return {
            "weeks": [f"{month.starts:%b}" for month in self.months],
            "course": [month.score for month in self.months],
        }

    @property
    def scale(self) -> Scale:
        return SCALES[self.metric]

    @property
    def unit(self) -> str:
        return unit(self.metric)

    @property
    def shares(self) -> list[tuple[Bucket, str, int]]:
        """The buckets with their words, and how many customers are in each."""
        found = self.score
        counts = (found.promoters_count, found.passives_count, found.detractors_count)
        return list(zip(Bucket, self.scale.bucket_labels, counts, strict=True))


@dataclass(slots=True)
class Figures:
    customers: int = 0
    answers: int = 0
    last_answer_at: datetime | None = None
    by_metric: dict[Metric, MetricScore] = field(default_factory=dict)


def figures_of(companies: Collection[UUID]) -> Mapping[UUID, Figures]:
    """Return the figures of companies that are whole; those of their other names are in them."""
    found = {id_: Figures() for id_ in companies}
    ids = sorted(found)
    counts: dict[tuple[UUID, Metric], Counts] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_CUSTOMERS, [ids, ids])
        for company, number in cursor:
            found[company].customers = number
        cursor.execute(_ANSWERS, [ids, ids])
        for company, metric, value, number, of_latest, last in cursor:
            figures = found[company]
            figures.answers += number
            figures.last_answer_at = max(figures.last_answer_at or last, last)
            if of_latest:
                counts[company, Metric(metric)][value] = of_latest
    for (company, metric), theirs in sorted(counts.items(), key=_in_order):
        found[company].by_metric[metric] = MetricScore(metric, score(metric, theirs))
    return found


def _in_order(one: tuple[tuple[UUID, Metric], Counts]) -> tuple[UUID, int]:
    (company, metric), _ = one
    return company, list(Metric).index(metric)


# Names first: what a company consists of is few rows, and an index leads on from each.
_CUSTOMERS = """
    SELECT coalesce(name.merged_into_id, name.id), count(*)
    FROM customers_company AS name
    JOIN customers_customer AS customer ON customer.company_id = name.id
    WHERE name.id = ANY(%s) OR name.merged_into_id = ANY(%s)
    GROUP BY 1
"""
_ANSWERS = """
    SELECT company, metric, score, count(*), count(*) FILTER (WHERE place = 1), max(created_at)
    FROM (
        SELECT coalesce(name.merged_into_id, name.id) AS company,
            answer.metric, answer.score, answer.created_at, row_number() OVER (
                PARTITION BY answer.customer_id, answer.metric
                ORDER BY answer.created_at DESC, answer.id DESC
            ) AS place
        FROM customers_company AS name
        JOIN customers_customer AS customer ON customer.company_id = name.id
        JOIN feedback_response AS answer ON answer.customer_id = customer.id
        WHERE (name.id = ANY(%s) OR name.merged_into_id = ANY(%s)) AND answer.counts
    ) AS theirs
    GROUP BY company, metric, score
"""


@dataclass(frozen=True, slots=True)
class Month:
    starts: date
    score: float | int | None
    answers: int


def months_of(company: UUID, zone: ZoneInfo, now: datetime) -> Mapping[Metric, list[Month]]:
    """Return the last months of each metric that was answered in them, the oldest first.

    A month's score is that of its own answers alone, of each customer the latest in it.
    """
    starts = _starts(now.astimezone(zone).date())
    since = datetime(starts[0].year, starts[0].month, 1, tzinfo=zone)
    counts: dict[tuple[Metric, date], Counts] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, [str(zone), company, company, since])
        for metric, month, value, number in cursor:
            counts[Metric(metric), month][value] = number
    return {
        metric: [_month(metric, start, counts.get((metric, start), {})) for start in starts]
        for metric in Metric
        if any(one is metric for one, _ in counts)
    }


def _starts(today: date) -> list[date]:
    starts = [today.replace(day=1)]
    while len(starts) < MONTHS:
        starts.append((starts[-1] - timedelta(days=1)).replace(day=1))
    return starts[::-1]


def _month(metric: Metric, starts: date, counts: Counts) -> Month:
    return Month(starts, score(metric, counts).score, sum(counts.values()))


_MONTHS = """
    SELECT metric, month, score, count(*) FROM (
        SELECT DISTINCT ON (customer_id, metric, month) metric, month, score
        FROM (
            SELECT answer.*, date_trunc('month', answer.created_at AT TIME ZONE %s)::date AS month
            FROM customers_company AS name
            JOIN customers_customer AS customer ON customer.company_id = name.id
            JOIN feedback_response AS answer ON answer.customer_id = customer.id
            WHERE (name.id = %s OR name.merged_into_id = %s)
              AND answer.counts AND answer.created_at >= %s
        ) AS theirs
        ORDER BY customer_id, metric, month, created_at DESC, id DESC
    ) AS latest
    GROUP BY metric, month, score
"""
