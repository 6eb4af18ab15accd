"""The API's own names of the metrics."""

from afterword.survey_templates.metrics import Metric

METRIC_OF_PATH = {
    "nps": Metric.NPS,
    "csat": Metric.CSAT,
    "ces": Metric.CES,
    "star": Metric.STAR,
}
METRIC_TYPES = {metric: path.upper() for path, metric in METRIC_OF_PATH.items()}
