import pytest

from afterword.campaigns.certainty import answers_to_see, in_words, margin, weeks_to_see
from afterword.survey_templates.metrics import Metric


def test_four_times_the_answers_halve_the_margin():
    assert margin(Metric.NPS, 30) == pytest.approx(35.8, abs=0.05)
    assert margin(Metric.NPS, 120) == pytest.approx(margin(Metric.NPS, 30) / 2)
    assert margin(Metric.CSAT, 385) == pytest.approx(5, abs=0.01)


@pytest.mark.parametrize(
    ("metric", "change", "answers"),
    [
        (Metric.NPS, 5, 6272),
        # Cohen's table 2.4.1 has 393 for d = 0.2 and 64 for 0.5 (which is by Student's t: one more)
        (Metric.CSAT, 10, 392),
        (Metric.CES, 25, 63),
        (Metric.STAR, 0.2, 1568),
    ],
)
def test_a_change_takes_so_many_answers_to_be_seen(metric, change, answers):
    assert answers_to_see(metric, change) == answers


def test_half_the_change_takes_four_times_as_long():
    assert weeks_to_see(Metric.CSAT, 10, 49) == 8
    assert weeks_to_see(Metric.CSAT, 5, 49) == 32


@pytest.mark.parametrize(
    ("metric", "week"), [(Metric.CSAT, "±18 points"), (Metric.STAR, "±0.7 stars")]
)
def test_it_is_said_in_the_metrics_own_unit(metric, week):
    assert f"30 answers tell a week's score to within {week}" in in_words(metric, 30)


@pytest.mark.parametrize(
    ("metric", "a_week", "said"),
    [
        (Metric.NPS, 30, "A change of 5 points is seen after about 4 years at worst"),
        (Metric.NPS, 100, "A change of 5 points is seen after 63 weeks at worst"),
        (Metric.CES, 5_000, "A change of 5 points is seen after 1 week at worst"),
        (Metric.STAR, 30, "A change of 0.2 stars is seen after 53 weeks at worst"),
        (Metric.NPS, 1, "about 121 years"),
    ],
)
def test_how_long_a_change_takes_is_said_in_weeks_or_years(metric, a_week, said):
    assert said in in_words(metric, a_week)
