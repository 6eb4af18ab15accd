import pytest

from afterword.campaigns.certainty import in_words, margin
from afterword.survey_templates.metrics import Metric


def test_four_times_the_answers_halve_the_margin():
    assert margin(Metric.NPS, 30) == pytest.approx(35.8, abs=0.05)
    assert margin(Metric.NPS, 120) == pytest.approx(margin(Metric.NPS, 30) / 2)
    assert margin(Metric.CSAT, 385) == pytest.approx(5, abs=0.01)


@pytest.mark.parametrize(
    ("metric", "week"), [(Metric.CSAT, "±18 points"), (Metric.STAR, "±0.7 stars")]
)
def test_it_is_said_in_the_metrics_own_unit(metric, week):
    assert f"30 answers tell a week's score to within {week}" in in_words(metric, 30)
