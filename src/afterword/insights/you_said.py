"""Whether who was told scores otherwise since then than who was held back, in words."""

from collections.abc import Mapping

from afterword.followups.you_said.results import Compared
from afterword.insights.moved import LEAST_ANSWERS, difference
from afterword.insights.scores import score, unit
from afterword.survey_templates.metrics import SCALES, Metric

_Counts = Mapping[int, int]


def compare(metric: Metric, mailed: _Counts, held_back: _Counts) -> Compared:
    """Compare the next scores of both: see `moved.py` for the formula and its source."""
    return Compared(
        SCALES[metric].label,
        _words(metric, mailed),
        _words(metric, held_back),
        _verdict(metric, mailed, held_back),
    )


def _words(metric: Metric, counts: _Counts) -> str:
    found = score(metric, counts)
    if found.score is None:
        return "no answer yet"
    answers = "1 answer" if found.total == 1 else f"{found.total:,} answers"
    return f"{_with_unit(metric, found.score)} from {answers}"


def _verdict(metric: Metric, mailed: _Counts, held_back: _Counts) -> str:
    found = difference(metric, held_back, mailed)
    if found is None:
        return f"Too few to tell: it takes {LEAST_ANSWERS} answers of either group."
    low, high = found.value - found.margin, found.value + found.margin
    between = f"between {_signed(metric, low)} and {_signed(metric, high)}, at 95 %"
    if not found.is_sure:
        return f"No difference beyond chance: it may lie anywhere {between}."
    way = "higher" if found.value > 0 else "lower"
    size = _with_unit(metric, _rounded(metric, abs(found.value)))
    return f"Who was mailed scores {size} {way} than who was held back: {between}."


def _with_unit(metric: Metric, value: float) -> str:
    after = unit(metric)
    return f"{value:g}{' ' if metric is Metric.STAR else ''}{after}"


def _signed(metric: Metric, value: float) -> str:
    return f"{_rounded(metric, value):+g}"


def _rounded(metric: Metric, value: float) -> float:
    return round(value, 1 if metric is Metric.STAR else 0)
