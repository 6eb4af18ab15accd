"""Tests that run in parallel end together only if the long ones begin."""

from itertools import pairwise
from pathlib import Path

import pytest

from tests.conftest import LONG, SHORT, ends_of, how_many_processes, turn


def test_the_long_ones_begin(request: pytest.FixtureRequest):
    turns = [turn(item) for item in request.session.items]

    for begins, ends in pairwise(ends_of(len(turns), how_many_processes())):
        assert turns[begins:ends] == sorted(turns[begins:ends])
    assert turn(request.node) == SHORT


@pytest.mark.parametrize("place", LONG)
def test_each_long_place_has_tests(place: str, request: pytest.FixtureRequest):
    found = Path(request.config.rootpath, place)

    assert found.is_file() or [*found.glob("test_*.py")]
