"""Scores as pages show them."""

from django import template

from afterword.survey_templates.metrics import SCALES, Metric

register = template.Library()


@register.inclusion_tag("components/score.html")
def score_pill(metric: str, score: int) -> dict[str, object]:
    """Show a score of a metric with its bucket in the metric's own word."""
    scale = SCALES[Metric(metric)]
    return {"score": score, "bucket": scale.bucket(score), "word": scale.bucket_label(score)}


@register.filter
def share_of(part: int, whole: int) -> str:
    """Return a part in percent of the whole; a dash where there is no whole."""
    return f"{100 * part / whole:.0f} %" if whole else "\N{EN DASH}"
