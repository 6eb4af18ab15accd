"""Counting customers: exactly where that is soon done, else about."""

from datetime import timedelta

import pytest
from django.db import connection

from afterword.audience import count as counting
from afterword.audience.count import Count, Precision, count
from afterword.audience.sql_text import Sql
from afterword.audience.tests.audiences import NOW, an_audience
from afterword.customers.models import Customer
from tests.factories import a_customer, a_workspace

pytestmark = pytest.mark.django_db

USA = ("country", "is", "USA")


@pytest.fixture
def workspace():
    return a_workspace()


@pytest.fixture(autouse=True)
def _time_enough(monkeypatch):
    """However busy the machine is."""
    monkeypatch.setattr(counting, "SECONDS", 60)
    monkeypatch.setattr(counting, "SECONDS_OF_SAMPLE", 60)


@pytest.fixture
def no_time_for_all(monkeypatch):
    """There is time for a sample, which is as good as all, and then no more."""

    def rows_of_table():
        rows = Customer.objects.count()
        monkeypatch.setattr(counting, "SAMPLED", rows - 0.001)
        return rows

    monkeypatch.setattr(counting, "_rows_of_table", rows_of_table)
    monkeypatch.setattr(counting, "SECONDS", 0)


def people(workspace, number, **fields):
    return [a_customer(workspace, **fields) for _ in range(number)]


def told(found: Count) -> tuple[int, Precision]:
    return found.number, found.precision


@pytest.mark.parametrize("number", [0, 4, 5, 7])
def test_customers_are_counted_and_some_shown(workspace, number):
    expected = people(workspace, number, country="usa")
    people(workspace, 2, country="Chile")

    found = count(workspace, an_audience(USA), NOW)

    assert told(found) == (number, Precision.EXACT)
    shown = list(found.customers)
    assert len(shown) == min(number, 5)
    assert set(shown) <= set(expected)


def test_other_workspaces_and_rows_that_were_merged_do_not_count(workspace):
    [ann] = people(workspace, 1, country="USA")
    people(a_workspace(), 1, country="USA")
    people(workspace, 1, country="USA", merged_into=ann)

    assert list(count(workspace, an_audience(USA), NOW).customers) == [ann]


def test_what_asks_for_the_event_is_not_counted(workspace):
    found = count(workspace, an_audience(USA, ("event.amount", "at least", 5)), NOW)

    assert told(found) == (0, Precision.UNKNOWN)
    assert found.asked_of_the_event == ["event.amount"]


def test_what_takes_too_long_is_about_as_many(workspace, no_time_for_all):
    people(workspace, 123, country="USA")
    people(workspace, 40, country="Chile")

    found = count(workspace, an_audience(USA), NOW)

    assert told(found) == (120, Precision.ABOUT)
    assert len(list(found.customers)) == 5


def test_where_a_sample_meets_nobody_there_are_fewer_than_some(workspace, no_time_for_all):
    people(workspace, 3, country="Chile")

    assert told(count(workspace, an_audience(USA), NOW)) == (5, Precision.FEWER)


@pytest.mark.parametrize(("matched", "at_most"), [(0, 500), (1, 900), (9, 2300)])
def test_few_matches_in_a_sample_say_how_many_there_are_at_most(matched, at_most):
    assert counting._Sample(stands_for=100, matched=matched).told == (at_most, Precision.FEWER)


@pytest.mark.parametrize("rows_of_table", [10, 10_001])
def test_a_statement_that_takes_too_long_is_ended_and_leaves_no_trace(
    workspace, monkeypatch, rows_of_table
):
    monkeypatch.setattr(counting, "SECONDS", 0.01)
    monkeypatch.setattr(counting, "SECONDS_OF_SAMPLE", 0.01)
    monkeypatch.setattr(counting, "_rows_of_table", lambda: rows_of_table)
    slow = Sql("pg_sleep(0.1) IS NOT NULL")
    monkeypatch.setattr(counting, "condition_of", lambda *_: slow)
    people(workspace, 2)
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        before = cursor.fetchone()

    found = count(workspace, an_audience(), NOW)

    assert told(found) == (0, Precision.UNKNOWN)
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == before


def test_a_sample_is_no_less_than_all_of_a_small_table(workspace, monkeypatch):
    monkeypatch.setattr(counting, "_sample", lambda *_: counting._Sample())
    people(workspace, 6, country="USA")

    found = count(workspace, an_audience(USA), NOW)

    assert (told(found), len(list(found.customers))) == ((6, Precision.EXACT), 5)


def test_a_sample_of_a_large_table_says_how_long_all_would_take():
    sample = counting._Sample(stands_for=100, share=0.5, matched=30, seconds=0.03)

    assert sample.seconds_for_all == pytest.approx(0.5)
    assert sample.told == (3_000, Precision.ABOUT)


def test_an_audience_counts_what_time_does(workspace):
    people(workspace, 1, last_surveyed_at=NOW - timedelta(days=10))
    recent = an_audience(("last_surveyed_at", "less than days ago", 10))

    assert count(workspace, recent, NOW).number == 0
    assert count(workspace, recent, NOW - timedelta(seconds=1)).number == 1
