"""The live panel of Setup."""

import pytest
from django.test import Client
from django.utils import timezone

from afterword import flow
from afterword.events.models import EventCount, InboxItem
from afterword.workspaces.models import Role
from tests.factories import a_campaign, a_member, a_token, a_track

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return a_member()


@pytest.fixture
def client(member):
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def campaign(member):
    return a_campaign(member.workspace)


def look(client, campaign, looked=""):
    answer = client.get(f"/campaigns/{campaign.id}/arrivals", {"looked": looked} if looked else {})
    assert answer.status_code == 200
    return answer.content.decode()


def arrive(workspace, **fields):
    a_track(workspace, received_at=timezone.now(), **fields)
    flow.process_events(workspace.id, timezone.now())


def test_it_waits_and_looks_again_by_itself(client, campaign):
    content = look(client, campaign)

    assert "Waiting for an event" in content
    assert 'hx-trigger="every 2s"' in content
    assert "looked=1" in content
    assert "looked=43" in look(client, campaign, "42")


def test_after_an_hour_it_looks_no_more(client, campaign):
    assert "hx-trigger" not in look(client, campaign, "1800")


@pytest.mark.parametrize("looked", ["-1", "x", "\u00b2", "99999999"])
def test_any_query_is_taken(client, campaign, looked):
    assert "looked=1" in look(client, campaign, looked)


def test_an_event_that_arrived_shows_its_decision_and_its_mail(client, campaign):
    other = a_campaign(campaign.workspace, name="Another", sample_percent=0)
    arrive(campaign.workspace, email="ann@example.com")

    content = look(client, campaign)

    assert "Events arrive" in content
    assert "ann@example.com" in content
    assert "A survey was scheduled" in content
    assert "Its mail" in content
    assert other.name not in content
    assert "not drawn" not in content
    assert "The draw was" in look(client, other)


def test_a_name_that_nobody_waits_for_is_told(client, campaign):
    EventCount.objects.create(
        workspace=campaign.workspace,
        name="order completed",
        day=timezone.now().date(),
        unmatched=1,
        last_seen_at=timezone.now(),
    )

    assert "order completed came just now" in look(client, campaign)


def test_it_costs_the_same_however_much_came(client, campaign, django_assert_max_num_queries):
    for _ in range(8):
        arrive(campaign.workspace)

    with django_assert_max_num_queries(13):
        look(client, campaign)


def test_analysts_look_and_outsiders_find_nothing(campaign):
    analyst, outsider = Client(), Client()
    analyst.force_login(a_member(campaign.workspace, Role.ANALYST).user)
    outsider.force_login(a_member().user)

    assert "Waiting" in look(analyst, campaign)
    assert outsider.get(f"/campaigns/{campaign.id}/arrivals").status_code == 404


def test_a_campaign_without_event_names_is_tried_by_the_map(client, member):
    campaign = a_campaign(member.workspace, events=[])
    listening = a_campaign(member.workspace, events=["Test event"])
    a_token(member.workspace)

    client.post(f"/campaigns/{campaign.id}/test-event", {"email": "ann@example.com"})
    assert InboxItem.objects.exists()
    flow.process_events(member.workspace_id, timezone.now())

    assert "Test event" in look(client, campaign)
    assert "Waiting" in look(client, listening)
