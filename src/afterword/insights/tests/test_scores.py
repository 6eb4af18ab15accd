from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterword.insights.scores import score
from afterword.survey_templates.metrics import SCALES, Metric


def test_nps_is_the_difference_of_rounded_percentages_as_the_published_sample_has_it():
    nps = score(Metric.NPS, {9: 3, 10: 5, 7: 1, 8: 1, 0: 1, 6: 2})

    assert (nps.promoters, nps.passives, nps.detractors) == (62, 15, 23)
    assert nps.score == 39
    assert (nps.promoters_count, nps.passives_count, nps.detractors_count) == (8, 2, 3)
    assert nps.total == 13
    assert nps.score_sum == 3 * 9 + 5 * 10 + 7 + 8 + 2 * 6


@pytest.mark.parametrize(
    ("counts", "expected"), [({10: 4}, 100), ({0: 4}, -100), ({7: 1, 8: 9}, 0), ({9: 1, 6: 1}, 0)]
)
def test_nps_runs_from_minus_100_to_100(counts, expected):
    assert score(Metric.NPS, counts).score == expected


def test_csat_is_the_percentage_of_fours_and_fives():
    assert score(Metric.CSAT, {5: 1, 4: 1, 3: 1}).score == 67


def test_csat_of_a_half_is_rounded_up():
    assert score(Metric.CSAT, {5: 1, 1: 7}).score == 13


def test_ces_is_the_percentage_of_fives_to_sevens_beside_the_mean():
    ces = score(Metric.CES, {7: 1, 5: 1, 4: 1, 1: 1})

    assert ces.score == 50
    assert ces.mean == 4.3


def test_stars_are_a_mean_with_one_decimal():
    stars = score(Metric.STAR, {5: 2, 4: 1})

    assert stars.score == stars.mean == 4.7
    assert stars.score_sum == 14


def test_a_mean_of_a_half_is_rounded_up():
    assert score(Metric.STAR, {4: 3, 5: 1}).score == 4.3


def test_rounded_percentages_may_miss_100():
    thirds = score(Metric.NPS, {10: 1, 8: 1, 0: 1})

    assert thirds.promoters + thirds.passives + thirds.detractors == 99


@pytest.mark.parametrize("metric", Metric)
@pytest.mark.parametrize("counts", [{}, {5: 0}])
def test_without_responses_there_is_no_score(metric, counts):
    nothing = score(metric, counts)

    assert nothing.score is None
    assert nothing.mean is None
    assert (nothing.total, nothing.promoters, nothing.score_sum) == (0, 0, 0)


@pytest.mark.parametrize(
    ("metric", "value"),
    [(Metric.NPS, 11), (Metric.NPS, -1), (Metric.CSAT, 0), (Metric.CES, 8), (Metric.STAR, 6)],
)
def test_a_score_off_the_scale_is_an_error_that_names_it(metric, value):
    with pytest.raises(ValueError, match=f"{SCALES[metric].label} has no score {value}"):
        score(metric, {value: 1})


def _counts(metric: Metric) -> st.SearchStrategy[dict[int, int]]:
    return st.dictionaries(
        st.sampled_from(SCALES[metric].scores), st.integers(0, 10**7), max_size=11
    )


_ANSWERED = st.sampled_from(Metric).flatmap(
    lambda metric: st.tuples(st.just(metric), _counts(metric))
)


@given(_ANSWERED)
def test_the_counts_add_up(answered):
    result = score(*answered)

    buckets = (result.promoters_count, result.passives_count, result.detractors_count)
    assert sum(buckets) == result.total == sum(answered[1].values())


@given(_ANSWERED)
def test_no_rounding_is_off_by_more_than_a_half(answered):
    metric, counts = answered
    result = score(metric, counts)
    if result.mean is None:
        return

    assert abs(result.promoters - Fraction(100 * result.promoters_count, result.total)) <= Fraction(
        1, 2
    )
    assert abs(round(10 * result.mean) - Fraction(10 * result.score_sum, result.total)) <= Fraction(
        1, 2
    )


@given(_ANSWERED)
def test_a_mean_stays_on_the_scale(answered):
    metric, counts = answered
    mean = score(metric, counts).mean

    assert mean is None or SCALES[metric].lowest <= mean <= SCALES[metric].highest


@given(_ANSWERED, st.integers(1, 1000))
def test_one_more_of_the_best_answers_never_lowers_the_score(answered, more):
    metric, counts = answered
    best = SCALES[metric].highest
    before = score(metric, counts).score
    after = score(metric, counts | {best: counts.get(best, 0) + more}).score

    assert after is not None
    assert before is None or after >= before
