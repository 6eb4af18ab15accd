"""How sure a score is that comes of so many answers. Pure.

19 of 20 scores lie within 1.96 · s / √n of the true one, by the normal approximation (Cochran,
Sampling Techniques, 3rd ed. 1977). `s` is the largest that there can be: half of the answers at
either end of what one can be worth.
"""

from math import sqrt

from afterword.survey_templates.metrics import Metric

_SURE = 1.96  # standard errors, at 95 %
# Of NPS an answer is worth -100, 0 or 100; of percentages, 0 or 100; of 5-STAR, 1 to 5.
_SPREAD = {Metric.NPS: 100.0, Metric.CSAT: 50.0, Metric.CES: 50.0, Metric.STAR: 2.0}


def margin(metric: Metric, answers: int) -> float:
    """Return by how much, up or down, a score may be off: in points, or in stars."""
    return _SURE * _SPREAD[metric] / sqrt(answers)


def in_words(metric: Metric, a_week: int) -> str:
    """Say it of one week and of four."""
    week, month = _told(metric, a_week), _told(metric, 4 * a_week)
    answers = "answer" if a_week == 1 else "answers"
    return (
        f"{a_week:,} {answers} tell a week's score to within ±{week} at worst, four weeks to "
        f"within ±{month} (at 95\u00a0%)."
    )


def _told(metric: Metric, answers: int) -> str:
    off = margin(metric, answers)
    if metric is Metric.STAR:
        return f"{min(off, 4):.1f} stars"
    return f"{min(off, 200 if metric is Metric.NPS else 100):.0f} points"
