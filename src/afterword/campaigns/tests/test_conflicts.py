"""Two people in one section of the editor: the second sees what the first one saved."""

import json
import re
from html import unescape

import pytest
from django.test import Client

from tests.factories import a_campaign, a_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return a_campaign(name="After an order")


@pytest.fixture
def client(campaign):
    client = Client()
    client.force_login(a_member(campaign.workspace).user)
    return client


def seen(answer):
    found = re.search(r'name="seen" value="([^"]*)"', answer.content.decode())
    assert found
    return unescape(found[1])


def test_who_saves_second_sees_the_first_ones_name_and_may_still_save(client, campaign):
    address = f"/campaigns/{campaign.id}/name"
    shown = seen(client.get(address))
    client.post(address, {"name": "Theirs", "seen": shown})

    refused = client.post(address, {"name": "Mine", "seen": shown})
    campaign.refresh_from_db()

    assert refused.status_code == 422
    assert campaign.name == "Theirs"
    page = refused.content.decode()
    assert "“Theirs”" in page
    assert 'value="Mine"' in page
    client.post(address, {"name": "Mine", "seen": seen(refused)})
    campaign.refresh_from_db()
    assert campaign.name == "Mine"


def test_fields_that_only_the_other_changed_stay_as_they_saved_them(client, campaign):
    address = f"/campaigns/{campaign.id}/schedule"
    form = {"service": "segment", "throttle_days": "30", "throttle_scope": "campaign"}
    form |= {"sample_percent": "50", "delay_number": "1", "delay_unit": "days"}
    form["seen"] = seen(client.get(address))
    client.post(address, {**form, "throttles": "on"})

    saved = client.post(address, {**form, "samples": "on", "sample_percent": "20"})
    campaign.refresh_from_db()

    assert saved.status_code == 302
    assert campaign.throttle_days == 30
    assert campaign.sample_percent == 20


def test_two_who_want_the_same_are_no_conflict(client, campaign):
    address = f"/campaigns/{campaign.id}/name"
    shown = seen(client.get(address))

    answers = [client.post(address, {"name": "Same", "seen": shown}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]


@pytest.mark.parametrize("junk", ["", "{", "[]", '"x"', "null", '{"nope": 1}', "[" * 100_000])
def test_junk_in_what_was_seen_stops_nobody(client, campaign, junk):
    answer = client.post(f"/campaigns/{campaign.id}/name", {"name": "Mine", "seen": junk})
    assert answer.status_code == 302


def test_an_audience_is_not_replaced_unseen(client, campaign):
    address = f"/campaigns/{campaign.id}/audience"
    shown = seen(client.get(address))
    row = {"match": "all", "field": "country", "operator": "is"}
    client.post(address, {**row, "value": "USA", "seen": shown})

    refused = client.post(address, {**row, "value": "Canada", "seen": shown})
    campaign.refresh_from_db()

    assert refused.status_code == 422
    assert "country is USA" in refused.content.decode()
    assert campaign.audience["filters"][0]["value"] == "USA"
    client.post(address, {**row, "value": "Canada", "seen": seen(refused)})
    campaign.refresh_from_db()
    assert campaign.audience["filters"][0]["value"] == "Canada"


def test_a_section_may_save_on_the_way_to_another(client, campaign):
    address = f"/campaigns/{campaign.id}/name"
    onward = f"/campaigns/{campaign.id}/setup"

    assert client.post(address, {"name": "A", "then": onward}).url == onward
    assert client.post(address, {"name": "B", "then": "https://evil.test/"}).url == address


def test_what_was_seen_is_what_is_stored(client, campaign):
    shown = json.loads(seen(client.get(f"/campaigns/{campaign.id}/name")))
    assert shown == {"name": "After an order", "labels": ""}
