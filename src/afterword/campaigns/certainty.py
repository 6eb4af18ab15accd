"""How sure a score is that comes of so many answers, and when a change of it is seen. Pure.

19 of 20 scores lie within 1.96 · s / √n of the true one, by the normal approximation (Cochran,
Sampling Techniques, 3rd ed. 1977). `s` is the largest that there can be: half of the answers at
either end of what one can be worth.
"""

from math import ceil, sqrt

from afterword.survey_templates.metrics import Metric

_SURE = 1.96  # standard errors, at 95 %
_SEEN = 0.84  # and at 80 %: a change that is there is seen in four of five cases
# Of NPS an answer is worth -100, 0 or 100; of percentages, 0 or 100; of 5-STAR, 1 to 5.
_SPREAD = {Metric.NPS: 100.0, Metric.CSAT: 50.0, Metric.CES: 50.0, Metric.STAR: 2.0}
_CHANGE = {Metric.NPS: 5.0, Metric.CSAT: 5.0, Metric.CES: 5.0, Metric.STAR: 0.2}
_WEEKS_OF_A_YEAR = 52


def margin(metric: Metric, answers: float) -> float:
    """Return by how much, up or down, a score may be off: in points, or in stars."""
    return _SURE * _SPREAD[metric] / sqrt(answers)


def answers_to_see(metric: Metric, change: float) -> int:
    """Return how many answers a change takes, and as many from before it, to be more than noise.

    n = 2 · (z₁ + z₂)² · s² / d² for each of two means that are compared, at 95 % and with a power
    of 80 % (Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd ed. 1988, ch. 2).
    """
    return ceil(2 * ((_SURE + _SEEN) * _SPREAD[metric] / change) ** 2)


def weeks_to_see(metric: Metric, change: float, a_week: int) -> int:
    return ceil(answers_to_see(metric, change) / a_week)


def in_words(metric: Metric, a_week: int) -> str:
    """Say it of one week and of four, and how long a change takes to be seen."""
    week, month = _told(metric, a_week), _told(metric, 4 * a_week)
    answers = "answer" if a_week == 1 else "answers"
    return (
        f"{a_week:,} {answers} tell a week's score to within ±{week} at worst, four weeks to "
        f"within ±{month} (at 95\u00a0%). {_seen_in_words(metric, a_week)}"
    )


def _seen_in_words(metric: Metric, a_week: int) -> str:
    change = _CHANGE[metric]
    said = f"{change:.1f} stars" if metric is Metric.STAR else f"{change:.0f} points"
    weeks = weeks_to_see(metric, change, a_week)
    span = f"{weeks} week{'s' if weeks > 1 else ''}"
    if weeks > 2 * _WEEKS_OF_A_YEAR:
        span = f"about {weeks / _WEEKS_OF_A_YEAR:,.0f} years"
    return (
        f"A change of {said} is seen after {span} at worst, if there is as long before it to "
        "compare with (in four of five cases)."
    )


def _told(metric: Metric, answers: int) -> str:
    off = margin(metric, answers)
    if metric is Metric.STAR:
        return f"{min(off, 4):.1f} stars"
    return f"{min(off, 200 if metric is Metric.NPS else 100):.0f} points"
