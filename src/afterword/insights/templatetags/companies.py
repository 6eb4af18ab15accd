"""Figures of companies as pages show them."""

from django import template

from afterword.insights.companies.figures import Figures, MetricScore
from afterword.survey_templates.metrics import Metric

register = template.Library()


@register.filter
def of_metric(figures: Figures, metric: Metric) -> MetricScore | None:
    return figures.by_metric.get(metric)
