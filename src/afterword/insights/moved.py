"""Whether a score moved by more than noise. Pure.

Two samples of answers are compared by Welch's test (Biometrika 34, 1947) of what their score is a
mean of, two-sided at 95 %. With 30 answers on either side its distribution is near enough to the
normal one, whose 97.5 % point is 1.96; with fewer nothing is said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from afterword.survey_templates.metrics import SCALES, Bucket, Metric

LEAST_ANSWERS = 30
POINT = 1.96
_Counts = Mapping[int, int]  # answers by score


@dataclass(frozen=True, slots=True)
class Difference:
    """How much the second score is above the first, and how far that may be from the truth."""

    value: float
    margin: float  # of 95 %

    @property
    def is_sure(self) -> bool:
        return abs(self.value) > self.margin


def difference(metric: Metric, before: _Counts, after: _Counts) -> Difference | None:
    """Compare the scores of two samples of answers; None where either has too few."""
    if min(sum(before.values()), sum(after.values())) < LEAST_ANSWERS:
        return None
    (mean, error), (new_mean, new_error) = (_sample(metric, counts) for counts in (before, after))
    return Difference(new_mean - mean, POINT * sqrt(error + new_error))


def has_moved(metric: Metric, before: _Counts, after: _Counts) -> bool:
    """Tell whether the scores of these answers differ by more than chance makes likely."""
    found = difference(metric, before, after)
    return found is not None and found.is_sure


def _sample(metric: Metric, counts: _Counts) -> tuple[float, float]:
    """Return the mean, and the square of its standard error."""
    total = sum(counts.values())
    values = [(_value(metric, score), count) for score, count in counts.items()]
    mean = sum(value * count for value, count in values) / total
    variance = sum(count * (value - mean) ** 2 for value, count in values) / (total - 1)
    return mean, variance / total


def _value(metric: Metric, score: int) -> float:
    """Return what the metric's score is the mean of: see `scores.py`."""
    if metric is Metric.STAR:
        return score
    bucket = SCALES[metric].bucket(score)
    if metric is Metric.NPS:
        return 100 * ((bucket is Bucket.PROMOTER) - (bucket is Bucket.DETRACTOR))
    return 100 * (bucket is Bucket.PROMOTER)
