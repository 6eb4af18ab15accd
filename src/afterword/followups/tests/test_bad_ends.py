"""Receivers that cannot be trusted, and texts that fail when they are sent: nothing is lost."""

import pytest
from requests import adapters

from afterword.followups.engine import post
from afterword.followups.models import Delivery, State
from afterword.workspaces.models import Role
from tests.certificates import Authority
from tests.factories import a_campaign, a_member
from tests.followups import a_webhook, allow_loopback, answer, deliver_next, read_all
from tests.http_script import Answer, scripted_http

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def loopback(settings):
    allow_loopback(settings)


@pytest.fixture
def campaign():
    return a_campaign()


def told(url, campaign, **fields):
    """A webhook tells of an answer; return what became of that."""
    webhook = a_webhook(url, campaign=campaign, **fields)
    answer(campaign, 0)
    read_all()
    while deliver_next(webhook.id):
        pass
    return Delivery.objects.get()


@pytest.mark.parametrize(
    ("name", "words"),
    [("mail.example.com", "IP address mismatch"), ("127.0.0.1", None)],
    ids=["another name", "its own"],
)
def test_a_certificate_of_another_name_gets_nothing(campaign, tmp_path, monkeypatch, name, words):
    authority = Authority(tmp_path)
    monkeypatch.setattr(adapters, "DEFAULT_CA_BUNDLE_PATH", str(authority.path))
    with scripted_http(Answer(200), tls=authority.server(name)) as web:
        delivery = told(web.url, campaign)

    if words:
        assert (web.asked, delivery.state) == ([], State.WAITING)
        assert words in delivery.words
    else:
        assert (len(web.asked), delivery.state) == (1, State.DELIVERED)


def test_an_answer_a_byte_at_a_time_is_not_waited_for(campaign, monkeypatch):
    monkeypatch.setattr(post, "TIMEOUT", 0.5)
    with scripted_http(Answer(200, "x" * 1_000, drip=0.1)) as web:
        delivery = told(web.url, campaign)

    assert delivery.state == State.DELIVERED  # it said 200 before it dripped


def test_a_body_that_fails_for_one_answer_says_so_where_it_was_set_up(campaign, client):
    member = a_member(campaign.workspace, Role.OWNER)
    client.force_login(member.user)
    with scripted_http(Answer(200)) as web:
        delivery = told(web.url, campaign, body='{"share": "{{ 100 | divided_by: score }}"}')
        webhook = delivery.rule
        page = client.get(f"/campaigns/{campaign.id}/webhooks/{webhook.id}/log").text

    assert web.asked == []
    assert "divide" in delivery.words
    assert "divide" in page
