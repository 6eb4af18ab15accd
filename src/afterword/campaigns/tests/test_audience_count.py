"""What the audience's page says of how many customers match."""

import pytest
from django.test import Client

from afterword.audience.count import Count, Precision
from afterword.workspaces.models import Role
from tests.factories import a_campaign, a_customer, a_member, a_property, a_workspace

pytestmark = pytest.mark.django_db

USA = {"field": "country", "operator": "is", "value": "USA"}


@pytest.fixture
def member():
    return a_member()


@pytest.fixture
def workspace(member):
    return member.workspace


@pytest.fixture
def client(member):
    client = Client()
    client.force_login(member.user)
    return client


def said(client, campaign, typed=None) -> str:
    address = f"/campaigns/{campaign.id}/audience/count"
    answer = client.get(address) if typed is None else client.post(address, typed)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def typed(field, operator, value="", match="all"):
    return {"match": match, "field": [field], "operator": [operator], "value": [value]}


def test_what_is_stored_is_counted_with_names_that_lead_to_profiles(client, workspace):
    ann = a_customer(workspace, first_name="Ann", last_name="Lee", country="USA")
    a_customer(workspace, country="Chile")
    a_customer(a_workspace(), country="USA")

    html = said(client, a_campaign(workspace, audience={"filters": [USA]}))

    assert "<strong>1</strong> customer matches now." in html
    assert f'Such as <a href="/customers/{ann.id}" dir="auto">Ann Lee</a>.' in html


def test_what_is_typed_is_counted_before_it_is_saved(client, workspace):
    a_property(workspace, "orders", "number")
    for orders in (1, 5, 9):
        a_customer(workspace, properties={"orders": orders})
    campaign = a_campaign(workspace)

    html = said(client, campaign, typed("orders", "between", "5 and 10"))

    assert "<strong>2</strong> customers match now." in html
    campaign.refresh_from_db()
    assert campaign.audience == {}


def test_groups_count_as_they_are_typed(client, workspace):
    a_customer(workspace, country="USA", city="Boston")
    a_customer(workspace, country="USA", city="Denver")
    a_customer(workspace, country="USA")
    asked = {
        "match": "all",
        "field": ["country", "city", "city"],
        "operator": ["is", "is", "is"],
        "value": ["USA", "Boston", "Denver"],
        "group": ["", "1", "1"],
        "match_1": "any",
    }

    assert "<strong>2</strong> customers" in said(client, a_campaign(workspace), asked)


@pytest.mark.parametrize("row", [("country", "is", ""), ("gone", "is", "x"), ("country", ">", "1")])
def test_a_filter_that_is_not_complete_is_not_counted(client, workspace, row):
    assert "Complete the filters" in said(client, a_campaign(workspace), typed(*row))


def test_what_only_events_know_is_told(client, workspace):
    amount = {"field": "event.amount", "type": "number", "operator": "at least", "value": 5}

    html = said(client, a_campaign(workspace, audience={"filters": [amount]}))

    assert "cannot be counted: amount is known only once an event comes" in html


@pytest.mark.parametrize(
    ("counted", "words"),
    [
        (Count(420_000, Precision.ABOUT), "About <strong>420,000</strong> customers match now."),
        (Count(150, Precision.FEWER), "Fewer than <strong>150</strong> customers match now."),
        (Count(0, Precision.EXACT), "<strong>0</strong> customers match now."),
        (Count(0, Precision.UNKNOWN), "There are too many customers to count these at once."),
    ],
)
def test_how_sure_it_is_is_said(client, workspace, monkeypatch, counted, words):
    monkeypatch.setattr("afterword.campaigns.editor.audience_count.count", lambda *_: counted)

    assert words in said(client, a_campaign(workspace))


@pytest.mark.parametrize("role", Role)
def test_whoever_sees_the_audience_sees_its_count(role):
    member = a_member(role=role)
    client = Client()
    client.force_login(member.user)
    a_customer(member.workspace, country="USA")

    html = said(client, a_campaign(member.workspace, audience={"filters": [USA]}))

    assert "<strong>1</strong> customer matches now." in html
