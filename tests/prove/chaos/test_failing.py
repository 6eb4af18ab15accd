"""Failures at named points of the code: what was put in comes out, and the rows say so."""

import pytest

from tests.prove.chaos.failing import fail_at, in_words
from tests.prove.chaos.points import (
    FEW,
    POINTS,
    matrix,
    names_in_source,
    names_in_tests,
    short_matrix,
)
from tests.prove.chaos.storm import a_room


def test_every_point_in_the_product_is_tried():
    assert set(POINTS) <= names_in_source()
    assert names_in_source() - set(POINTS) <= names_in_tests()


def test_the_short_version_tries_each_action_at_several_points():
    short = short_matrix()

    assert {action for _, action in short} == {action for _, action in matrix()}
    assert len({point for point, _ in short}) == len(short) == FEW


@pytest.mark.timeout(300)
def test_a_worker_that_fails_anywhere_loses_nothing():
    with a_room() as room:
        verdicts = fail_at(short_matrix(), room)

    assert [in_words(verdict) for verdict in verdicts if verdict.failures] == []
