"""Counting customers: exactly where that is soon done, else about."""

from datetime import timedelta

import pytest
from django.db import connection

from afterword.audience import count as counting
from afterword.audience.count import Count, Precision, count
from afterword.audience.tests.audiences import NOW, an_audience
from tests.factories import a_customer, a_workspace

pytestmark = pytest.mark.django_db

USA = ("country", "is", "USA")


@pytest.fixture
def workspace():
    return a_workspace()


@pytest.fixture(autouse=True)
def _time_enough(monkeypatch):
    """However busy the machine is."""
    monkeypatch.setattr(counting, "SECONDS_TO_COUNT", 60)
    monkeypatch.setattr(counting, "SECONDS_TO_ESTIMATE", 60)


@pytest.fixture
def nobody_has_time(monkeypatch):
    """Each search takes longer than it may, but for those in a sample."""
    rows = counting._rows

    def too_late(query, ends):
        return rows(query, ends) if "TABLESAMPLE" in query.text else None

    monkeypatch.setattr(counting, "_rows", too_late)


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
    assert len(found.customers) == min(number, 5)
    assert set(found.customers) <= set(expected)


def test_other_workspaces_and_rows_that_were_merged_do_not_count(workspace):
    [ann] = people(workspace, 1, country="USA")
    people(a_workspace(), 1, country="USA")
    people(workspace, 1, country="USA", merged_into=ann)

    assert count(workspace, an_audience(USA), NOW).customers == [ann]


def test_what_asks_for_the_event_is_not_counted(workspace):
    found = count(workspace, an_audience(USA, ("event.amount", "at least", 5)), NOW)

    assert told(found) == (0, Precision.UNKNOWN)
    assert found.asked_of_the_event == ["event.amount"]


def test_what_takes_too_long_is_about_as_many(workspace, nobody_has_time):
    people(workspace, 123, country="USA")
    people(workspace, 40, country="Chile")

    found = count(workspace, an_audience(USA), NOW)

    assert told(found) == (120, Precision.ABOUT)
    assert len(found.customers) == 5


def test_where_a_sample_meets_nobody_there_are_fewer_than_some(workspace, nobody_has_time):
    people(workspace, 3, country="Chile")

    assert told(count(workspace, an_audience(USA), NOW)) == (3, Precision.FEWER)


def test_a_statement_that_takes_too_long_is_ended_and_leaves_no_trace(workspace, monkeypatch):
    monkeypatch.setattr(counting, "SECONDS_TO_COUNT", 0.001)
    monkeypatch.setattr(counting, "SECONDS_TO_ESTIMATE", 0.001)
    slow = counting.Sql("pg_sleep(0.1) IS NOT NULL")
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


def test_an_audience_counts_what_time_does(workspace):
    people(workspace, 1, last_surveyed_at=NOW - timedelta(days=10))
    recent = an_audience(("last_surveyed_at", "less than days ago", 10))

    assert count(workspace, recent, NOW).number == 0
    assert count(workspace, recent, NOW - timedelta(seconds=1)).number == 1
