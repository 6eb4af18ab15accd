"""The live panel of Setup where a program asks by the API."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from afterword.sending.claim import claim_due
from afterword.surveys.by_call import Named, ask_by_call
from afterword.workspaces.models import Role
from tests.factories import a_campaign, a_member, a_track

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
    return a_campaign(member.workspace, service="api", events=[])


def call(campaign, *emails, ago=timedelta(0)):
    ask_by_call(campaign, [Named(each) for each in emails], "", None, timezone.now() - ago)


def look(client, campaign, query=""):
    answer = client.get(f"/campaigns/{campaign.id}/calls{query}")
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.content.decode()


def test_it_waits_and_looks_again_by_itself_for_an_hour(client, campaign):
    call(campaign, "old@example.com", ago=timedelta(days=2))
    call(a_campaign(campaign.workspace), "other@example.com")

    content = look(client, campaign)

    assert "Waiting for a call" in content
    assert 'hx-trigger="every 2s"' in content
    assert "looked=43" in look(client, campaign, "?looked=42")
    assert "hx-trigger" not in look(client, campaign, "?looked=1800")


def test_a_call_shows_its_decision_and_its_mail(client, campaign):
    call(campaign, "ann@example.com")

    content = look(client, campaign)
    assert "Calls arrive" in content
    assert "ann@example.com" in content
    assert "Its mail" in content
    assert "Queued" in content

    claim_due(uuid4(), timezone.now(), 10, [campaign.id])
    assert "Sending" in look(client, campaign)


def test_whom_it_does_not_ask_it_says_why(client, campaign):
    call(campaign, "no address")

    content = look(client, campaign)

    assert "no address" in content
    assert "Its mail" not in content


def test_an_event_is_no_call(client, campaign):
    a_track(campaign.workspace, received_at=timezone.now())

    assert "Waiting for a call" in look(client, campaign)


def test_it_costs_the_same_however_many_were_named(client, campaign, django_assert_max_num_queries):
    call(campaign, *(f"c{n}@example.com" for n in range(20)))

    with django_assert_max_num_queries(9):
        assert look(client, campaign).count("list-group-item") == 3


def test_setup_has_it_where_a_program_asks(client, campaign):
    page = client.get(f"/campaigns/{campaign.id}/setup").content.decode()

    assert f'hx-get="/campaigns/{campaign.id}/calls"' in page


def test_analysts_look_and_outsiders_find_nothing(campaign):
    analyst, outsider = Client(), Client()
    analyst.force_login(a_member(campaign.workspace, Role.ANALYST).user)
    outsider.force_login(a_member().user)

    assert "Waiting" in look(analyst, campaign)
    assert outsider.get(f"/campaigns/{campaign.id}/calls").status_code == 404
    assert Client().get(f"/campaigns/{campaign.id}/calls").status_code == 302
