import time
from datetime import timedelta

import pytest
from django.utils import timezone

from afterword.core.clock import Clock, database_now

pytestmark = pytest.mark.django_db
MONOTONIC = "afterword.core.clock.time.monotonic"
MOMENT = timedelta(seconds=1)


@pytest.fixture
def set_forward(monkeypatch):
    """This machine's clock goes two hours ahead of the database's."""
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(hours=2))
    return real


def test_the_databases_time_is_aware_and_its_own(set_forward):
    assert abs(database_now() - set_forward()) < MOMENT


def test_between_two_looks_time_goes_on(set_forward, monkeypatch):
    told = Clock()
    told.look()
    then = time.monotonic()
    monkeypatch.setattr(MONOTONIC, lambda: then + 3)

    assert abs(told.now() - set_forward() - timedelta(seconds=3)) < MOMENT


def test_it_asks_again_after_a_while_only(monkeypatch, django_assert_num_queries):
    told, seconds = Clock(), [100.0]
    monkeypatch.setattr(MONOTONIC, lambda: seconds[0])
    with django_assert_num_queries(1):
        told.look()
        told.look()

    seconds[0] += 6
    with django_assert_num_queries(1):
        told.look()
