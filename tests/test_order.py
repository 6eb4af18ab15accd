"""Tests that run in parallel end together only if the long ones begin."""

from pathlib import Path

import pytest

from tests.conftest import LONG, turn


def test_the_long_ones_begin(request: pytest.FixtureRequest):
    turns = [turn(item) for item in request.session.items]

    assert turns == sorted(turns)
    assert turn(request.node) == len(LONG)


@pytest.mark.parametrize("folder", LONG)
def test_each_long_folder_has_tests(folder: str, request: pytest.FixtureRequest):
    assert [*Path(request.config.rootpath, folder).glob("test_*.py")]
