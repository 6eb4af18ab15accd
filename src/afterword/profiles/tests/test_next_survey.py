from datetime import timedelta

import pytest

from afterword.profiles.next_survey import next_survey
from tests.factories import (
    NOW,
    a_campaign,
    a_customer,
    a_member,
    a_property,
    a_survey,
    a_workspace,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace():
    workspace = a_workspace()
    a_property(workspace, "plan")
    return workspace


@pytest.fixture
def ann(workspace):
    return a_customer(workspace, country="CZ", properties={"plan": "pro"})


def a_filter(field, value, operator="is"):
    return {"field": field, "operator": operator, "value": value}


ABROAD_OR_SO = [a_filter("country", "USA"), a_filter("event.total", "9")]


def test_a_survey_that_waits_says_its_own_time(workspace, ann):
    due = NOW + timedelta(days=2)
    a_survey(a_campaign(workspace), customer=ann, due_at=due)
    a_survey(a_campaign(workspace), customer=ann, due_at=due + timedelta(days=1))

    found = next_survey(ann, NOW)

    assert found
    assert found.at == due


def test_the_page_leads_to_the_survey_that_waits_and_to_its_campaign(client, workspace, ann):
    client.force_login(a_member(workspace).user)
    waits = a_survey(a_campaign(workspace, name="After a call"), customer=ann, due_at=NOW)

    page = client.get(f"/customers/{ann.id}").content.decode()

    said = page.split("<dt>Next survey</dt>")[1].split("</dd>")[0]
    assert f'href="/outbox/{waits.id}"' in said
    assert f'By <a href="/campaigns/{waits.survey.campaign_id}">After a call</a>' in said


@pytest.mark.parametrize(
    ("filters", "matches"),
    [
        ([], True),
        ([a_filter("country", "CZ"), a_filter("plan", "pro")], True),
        ([a_filter("country", "USA")], False),
        ([a_filter("country", "CZ"), a_filter("event.total", "9")], True),
        (ABROAD_OR_SO, False),
        ([{"match": "any", "filters": ABROAD_OR_SO}], True),
        ([{"match": "all", "filters": ABROAD_OR_SO}], False),
        ([a_filter("gone", "9")], False),
    ],
)  # fmt: skip
def test_it_is_scheduled_where_a_campaign_that_is_on_means_them(workspace, ann, filters, matches):
    campaign = a_campaign(workspace, audience={"match": "all", "filters": filters})

    found = next_survey(ann, NOW)

    assert bool(found) == matches
    if found:
        assert (found.at, found.campaigns) == (None, [campaign])


def test_any_filter_may_hold_that_only_the_event_knows(workspace, ann):
    a_campaign(workspace, audience={"match": "any", "filters": ABROAD_OR_SO})

    assert next_survey(ann, NOW)


@pytest.mark.parametrize(
    "column", ["unsubscribed_at", "hard_bounced_at", "undeliverable_at", "suppressed_at"]
)
def test_nothing_comes_to_who_may_not_be_mailed(workspace, ann, column):
    a_campaign(workspace)
    setattr(ann, column, NOW)
    ann.save()

    assert next_survey(ann, NOW) is None


@pytest.mark.parametrize("service", ["segment", "api", "webhook"])
def test_what_something_else_triggers_is_scheduled_without_a_name_of_its_own(
    workspace, ann, service
):
    campaign = a_campaign(workspace, events=[], service=service)

    found = next_survey(ann, NOW)

    assert found
    assert (found.at, found.campaigns) == (None, [campaign])


def test_a_campaign_that_is_off_or_of_others_means_nobody(workspace, ann):
    a_campaign(workspace, activated_at=None)
    a_campaign()

    assert next_survey(ann, NOW) is None


def test_a_regular_campaign_says_when_its_turn_comes(workspace, ann):
    monday = NOW + timedelta(days=1, hours=-2)  # 10 o'clock
    ann.created_at = monday - timedelta(days=2)
    regular = a_campaign(workspace, type="regular", events=[], first_after_days=3)
    a_campaign(workspace)

    found = next_survey(ann, NOW)

    assert found
    assert (found.at, found.campaigns) == (monday + timedelta(days=1), [regular])


def test_who_was_asked_is_asked_again_when_the_time_frame_opens(workspace, ann):
    saturday = NOW + timedelta(days=6)
    ann.last_surveyed_at = saturday - timedelta(days=30)
    a_campaign(workspace, type="regular", events=[], first_after_days=3, every_days=30)

    found = next_survey(ann, NOW)

    assert found
    assert found.at
    assert (found.at.weekday(), found.at.hour) == (0, 9)  # on Monday


def test_who_was_asked_once_is_not_asked_again_without_recurrence(workspace, ann):
    ann.last_surveyed_at = NOW
    a_campaign(workspace, type="regular", events=[], first_after_days=3)

    assert next_survey(ann, NOW) is None
