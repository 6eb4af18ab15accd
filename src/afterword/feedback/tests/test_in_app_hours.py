"""When surveys are shown in an application, and to how many in a day, by a clock that moves."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from afterword import flow
from afterword.customers.models import Customer
from afterword.decisions.models import Decision
from afterword.feedback.in_app.ask import what_to_show
from afterword.feedback.tests.in_app import a_regular_one, an_in_app_campaign
from afterword.surveys.in_app.offers import note_shown
from afterword.surveys.models import Survey
from tests.factories import a_customer, a_member, a_track, a_workspace

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 2, tzinfo=UTC)  # midnight in Prague is an hour before
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFFICE = {"days": ["mon", "tue"], "from": "09:00", "to": "17:00"}


@pytest.fixture(autouse=True)
def nobody_came_before():
    cache.clear()


@pytest.fixture
def workspace():
    return a_workspace(time_zone="Europe/Prague")


def somebody(workspace):
    customer = a_customer(workspace)
    Customer.objects.filter(id=customer.id).update(created_at=MONDAY - 30 * DAY)
    return Customer.objects.get(id=customer.id)


def shown_to(customer, now):
    """How many surveys a page may show to them."""
    return len(what_to_show(customer.workspace, customer, "en", now))


def test_who_is_due_is_asked_within_the_time_frame_alone(workspace):
    a_regular_one(workspace, time_frame=OFFICE)
    ann = somebody(workspace)

    assert shown_to(ann, MONDAY + 7 * HOUR) == 0
    assert not Decision.objects.exists()
    assert shown_to(ann, MONDAY + 8 * HOUR) == 1  # 9 o'clock in Prague
    assert shown_to(ann, MONDAY + 16 * HOUR) == 0
    assert shown_to(ann, MONDAY + DAY + 10 * HOUR) == 1
    assert shown_to(ann, MONDAY + 2 * DAY + 10 * HOUR) == 0
    assert Survey.objects.count() == 1


def test_the_hours_may_be_the_customers_own(workspace):
    a_regular_one(workspace, time_frame={**OFFICE, "own_time": True})
    ann, bo = somebody(workspace), somebody(workspace)
    ann.properties = {"time_zone": "Asia/Tokyo"}
    ann.save()

    at_ten_in_tokyo = MONDAY + HOUR
    assert [shown_to(each, at_ten_in_tokyo) for each in (ann, bo)] == [1, 0]
    assert [shown_to(each, MONDAY + 10 * HOUR) for each in (ann, bo)] == [0, 1]


def test_what_an_event_asks_for_is_shown_within_the_time_frame_alone(workspace):
    an_in_app_campaign(workspace, time_frame=OFFICE)
    ann = somebody(workspace)
    evening = MONDAY + 18 * HOUR
    a_track(workspace, ann.email, received_at=evening)
    flow.process_events(workspace.id, evening)

    assert shown_to(ann, evening) == 0
    assert shown_to(ann, MONDAY + DAY + 10 * HOUR) == 1
    assert shown_to(ann, MONDAY + DAY + 18 * HOUR) == 0
    assert shown_to(ann, MONDAY + 7 * DAY + 10 * HOUR) == 1


def test_a_change_of_a_campaign_says_what_it_means_for_those_that_wait(workspace):
    campaign = a_regular_one(workspace)
    owner = Client()
    owner.force_login(a_member(workspace).user)
    address = f"/campaigns/{campaign.id}/in-app"
    assert "to be shown" not in owner.get(address).content.decode()

    [offer] = what_to_show(workspace, somebody(workspace), "en", MONDAY)

    said = "1 survey waits to be shown. Look and pages change for them, too"
    assert said in owner.get(address).content.decode()
    note_shown(offer, MONDAY)
    assert said not in owner.get(address).content.decode()


def test_no_more_than_the_limit_are_asked_in_a_day_and_who_was_left_out_the_next(workspace):
    a_regular_one(workspace, daily_limit=2)
    everybody = [somebody(workspace) for _ in range(3)]
    morning = MONDAY + 10 * HOUR

    assert [shown_to(each, morning) for each in everybody] == [1, 1, 0]
    assert Decision.objects.count() == 2
    assert [shown_to(each, morning + HOUR) for each in everybody] == [1, 1, 0]  # it stands there
    assert shown_to(everybody[2], MONDAY + 23 * HOUR) == 1  # it is Tuesday in Prague


def test_a_limit_is_its_campaigns_own(workspace):
    a_regular_one(workspace, daily_limit=1)
    a_regular_one(workspace, daily_limit=1, first_after_days=1)
    ann, bo = somebody(workspace), somebody(workspace)
    now = MONDAY + 10 * HOUR

    assert [shown_to(each, now) for each in (ann, bo)] == [2, 0]
    for offer in what_to_show(workspace, ann, "en", now):
        note_shown(offer, now)
    assert shown_to(bo, now + DAY) == 2
