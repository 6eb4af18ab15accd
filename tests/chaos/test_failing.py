"""Failures at named points of the code: what was put in comes out, and the rows say so."""

import pytest

from tests.chaos.failing import fail_at, in_words
from tests.chaos.points import ENOUGH, POINTS, matrix, names_in_source, short_matrix
from tests.chaos.storm import a_room


def test_every_point_in_the_product_is_tried():
    assert names_in_source() == set(POINTS)


def test_the_short_version_tries_each_point_and_each_action():
    short = short_matrix()

    assert {point for point, _ in short} == {point for point, _ in matrix()}
    assert {action for _, action in short} == {action for _, action in matrix()}
    assert len(set(short)) == len(short) >= min(ENOUGH, len(matrix()))


@pytest.mark.timeout(300)
def test_a_worker_that_fails_anywhere_loses_nothing():
    with a_room() as room:
        verdicts = fail_at(short_matrix(), room)

    assert [in_words(verdict) for verdict in verdicts if verdict.failures] == []
