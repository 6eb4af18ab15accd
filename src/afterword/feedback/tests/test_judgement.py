from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterword.feedback.hits.judge import WINDOW, Fetch, Judgement, judgements, with_time
from tests.factories import NOW

SECOND = timedelta(seconds=1)


def a_fetch(seconds=0.0, score=9, **fields):
    defaults = {
        "at": NOW + seconds * SECOND,
        "kind": "page",
        "method": "GET",
        "score": score,
        "agent": "Mozilla/5.0",
        "is_shown": False,
        "is_confirmed": False,
    }
    return Fetch(**(defaults | fields))


def an_unsubscribe(seconds=0.0):
    return a_fetch(seconds, None, kind="unsubscribe")


def test_a_single_page_is_nobodys_fault():
    assert judgements([a_fetch()]) == [None]


def test_the_same_score_twice_is_an_impatient_person():
    assert judgements([a_fetch(), a_fetch(2)]) == [None, None]


def test_two_scores_within_a_minute_are_a_machines():
    assert judgements([a_fetch(0, 3), a_fetch(59, 9)]) == [Judgement.TWO_SCORES] * 2


def test_a_page_without_a_score_between_two_scores_is_too():
    found = judgements([a_fetch(0, 3), a_fetch(1, 9), a_fetch(2, None), an_unsubscribe(20)])

    assert found == [Judgement.TWO_SCORES] * 3 + [None]


def test_two_scores_a_minute_apart_are_a_change_of_mind():
    assert judgements([a_fetch(0, 3), a_fetch(60, 9)]) == [None, None]


def test_what_a_person_confirmed_is_no_evidence():
    changed = [a_fetch(0, 3, is_confirmed=True), a_fetch(5, 9)]

    assert judgements(changed) == [None, None]


def test_the_hidden_link_gives_away_all_that_is_near_it():
    hits = [a_fetch(), a_fetch(30, None, kind="trap"), a_fetch(89), a_fetch(90)]

    assert judgements(hits) == [Judgement.TRAP, Judgement.TRAP, Judgement.TRAP, None]


def test_a_score_and_the_unsubscribe_page_at_once_are_a_machines():
    assert judgements([a_fetch(), an_unsubscribe(4.9)]) == [Judgement.UNSUBSCRIBE_TOO] * 2
    assert judgements([an_unsubscribe(), a_fetch(4.9)]) == [Judgement.UNSUBSCRIBE_TOO] * 2
    assert judgements([a_fetch(), an_unsubscribe(5)]) == [None, None]
    assert judgements([a_fetch(0, None), an_unsubscribe(1)]) == [None, None]


def test_a_head_is_never_a_persons_nor_what_the_same_program_fetches_next():
    hits = [a_fetch(-1), a_fetch(method="HEAD"), a_fetch(1), a_fetch(2, agent="Other"), a_fetch(60)]

    assert judgements(hits) == [None, Judgement.HEAD_FIRST, Judgement.HEAD_FIRST, None, None]


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 10), st.booleans()), max_size=12))
def test_nothing_speaks_against_what_is_confirmed(given_hits):
    hits = [a_fetch(at, score, is_confirmed=sure) for at, score, sure in given_hits]

    for hit, judgement in zip(hits, judgements(hits), strict=True):
        assert not (hit.is_confirmed and judgement)


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 10)), max_size=12), st.randoms())
def test_the_order_in_which_hits_are_read_does_not_matter(given_hits, chance):
    hits = [a_fetch(at, score) for at, score in given_hits]
    shuffled = hits.copy()
    chance.shuffle(shuffled)

    def as_found(fetches):
        return sorted(zip(fetches, map(str, judgements(fetches)), strict=True), key=str)

    assert as_found(shuffled) == as_found(hits)


@pytest.mark.parametrize(
    ("fields", "judgement"),
    [
        ({}, Judgement.NO_ASSETS),
        ({"is_shown": True}, None),
        ({"is_confirmed": True}, None),
        ({"kind": "unsubscribe"}, None),
    ],
)
def test_a_page_that_is_not_shown_within_a_minute_was_for_nobody(fields, judgement):
    hit = a_fetch(**fields)

    assert with_time(hit, None, NOW + WINDOW) is judgement
    assert with_time(hit, None, NOW + WINDOW - SECOND) is None
    assert with_time(hit, Judgement.TRAP, NOW + WINDOW) is Judgement.TRAP
