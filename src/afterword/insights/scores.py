"""From answers to the score of a metric: the formulas behind every gauge and report. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from afterword.survey_templates.metrics import SCALES, Bucket, Metric


@dataclass(frozen=True, slots=True)
class Score:
    """A metric's score over some responses. With no responses, `score` and `mean` are None.

    The percentages are whole and rounded one by one, so they may add up to 99 or 101.
    """

    score: float | int | None
    mean: float | None  # one decimal
    score_sum: int
    promoters: int  # percent, as are the next two
    passives: int
    detractors: int
    promoters_count: int
    passives_count: int
    detractors_count: int
    total: int


def score(metric: Metric, counts_by_score: Mapping[int, int]) -> Score:
    """Return the score of so many responses with each score; everything is rounded half up.

    NPS: promoters' less detractors' percentage (Reichheld, HBR, December 2003), each rounded
    first, as the product whose API this follows does: 8, 2 and 3 of 13 are 62 - 23 = 39.
    CSAT: percentage of satisfied responses, 4 and 5 (the usual "top two boxes").
    CES: percentage of those who agree, 5 to 7 of 7 (CES 2.0, CEB 2013); the mean is beside it.
    5-STAR: mean of the stars with one decimal.
    Raises ValueError for a score that is not on the metric's scale.
    """
    counts = _bucket_counts(metric, counts_by_score)
    total = sum(counts.values())
    score_sum = sum(value * count for value, count in counts_by_score.items())
    percent = {bucket: _percent(count, total) for bucket, count in counts.items()}
    mean = _round_half_up(10 * score_sum, total) / 10 if total else None
    return Score(
        score=_headline(metric, percent, mean) if total else None,
        mean=mean,
        score_sum=score_sum,
        promoters=percent[Bucket.PROMOTER],
        passives=percent[Bucket.PASSIVE],
        detractors=percent[Bucket.DETRACTOR],
        promoters_count=counts[Bucket.PROMOTER],
        passives_count=counts[Bucket.PASSIVE],
        detractors_count=counts[Bucket.DETRACTOR],
        total=total,
    )


def unit(metric: Metric) -> str:
    """Return what follows a metric's score: nothing, for NPS."""
    if metric is Metric.STAR:
        return f"of {SCALES[metric].highest}"
    return "" if metric is Metric.NPS else "%"


def _bucket_counts(metric: Metric, counts_by_score: Mapping[int, int]) -> dict[Bucket, int]:
    scale = SCALES[metric]
    counts = dict.fromkeys(Bucket, 0)
    for value, count in counts_by_score.items():
        if value not in scale.scores:
            raise ValueError(f"{scale.label} has no score {value}.")
        counts[scale.bucket(value)] += count
    return counts


def _headline(
    metric: Metric, percent: Mapping[Bucket, int], mean: float | None
) -> float | int | None:
    if metric is Metric.NPS:
        return percent[Bucket.PROMOTER] - percent[Bucket.DETRACTOR]
    return mean if metric is Metric.STAR else percent[Bucket.PROMOTER]


def _percent(count: int, total: int) -> int:
    return _round_half_up(100 * count, total) if total else 0


def _round_half_up(dividend: int, divisor: int) -> int:
    """Divide in whole numbers: Python's round() takes halves to even, and floats lose some."""
    return (2 * dividend + divisor) // (2 * divisor)
