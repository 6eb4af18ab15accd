"""Notifications by a Slack app's bot, to a server that speaks as Slack's API does."""

import pytest
from django.utils import timezone

from afterword.core.clock import database_now
from afterword.core.sealed import seal
from afterword.followups.engine.claim import claim
from afterword.followups.engine.deliver import compose
from afterword.followups.engine.post import Reply
from afterword.followups.models import Attempt, Delivery, Notification, SlackThread, State
from afterword.followups.notifications.slack_bot import read_reply
from afterword.sending.models import Mail
from tests.factories import a_campaign, a_customer, a_member
from tests.followups import (
    a_notification,
    allow_loopback,
    answer,
    deliver_next,
    fast_forward,
    read_all,
)
from tests.http_script import Answer, scripted_http

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "xoxb-1-s3cret"


def taken(ts):
    echo = {"text": "x" * 10_000}
    return Answer(200, {"ok": True, "channel": "C1", "ts": ts, "message": echo})


def refused(code):
    return Answer(200, {"ok": False, "error": code})


@pytest.fixture
def campaign(settings):
    allow_loopback(settings)
    return a_campaign()


def a_bot(campaign, **fields):
    columns = {"slack_channel": "#feedback", "sealed_slack_token": seal(TOKEN), **fields}
    return a_notification(campaign, channel="slack", addresses=[], **columns)


def run(rule):
    read_all()
    while deliver_next(rule.id):
        pass


def test_later_answers_of_a_customer_go_under_the_first(settings, campaign):
    ann, ben = (a_customer(campaign.workspace, first_name=name) for name in ("Ann", "Ben"))
    with scripted_http(taken("1.1"), taken("1.2"), taken("2.1")) as web:
        settings.SLACK_API = web.url
        rule = a_bot(campaign)
        for customer in (ann, ben, ann):
            answer(campaign, 9, "Good", customer=customer, submitted=True)
            run(rule)

    assert [asked.path for asked in web.asked] == ["/chat.postMessage"] * 3
    first, _, third = (asked.values for asked in web.asked)
    assert (first["channel"], first["blocks"][0]["type"]) == ("#feedback", "header")
    assert ["thread_ts" in asked.values for asked in web.asked] == [False, False, True]
    assert third["thread_ts"] == "1.1"
    assert web.asked[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert SlackThread.objects.count() == 2
    kept = Attempt.objects.first()
    assert kept
    assert TOKEN not in f"{kept.headers} {kept.body} {kept.url}"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("token_revoked", "enter its new token"),
        ("channel_not_found", "no such channel"),
        ("not_in_channel", "invite it"),
    ],
)
def test_what_no_other_try_mends_switches_it_off_and_says_so(
    settings, client, campaign, code, words
):
    member = a_member(campaign.workspace)
    client.force_login(member.user)
    with scripted_http(refused(code)) as web:
        settings.SLACK_API = web.url
        rule = a_bot(campaign)
        answer(campaign, submitted=True)
        run(rule)

    rule.refresh_from_db()
    page = client.get(f"/campaigns/{campaign.id}/notifications").content.decode()
    assert not rule.is_enabled
    assert words in page
    assert code in page
    assert Mail.objects.filter(kind="followup_off").count() == 1


def test_what_may_pass_is_tried_again(settings, campaign):
    with scripted_http(refused("internal_error"), taken("1.1")) as web:
        settings.SLACK_API = web.url
        rule = a_bot(campaign)
        answer(campaign, submitted=True)
        run(rule)
        delivery = Delivery.objects.get()
        assert delivery.state == State.WAITING
        assert "internal_error" in delivery.words
        fast_forward(delivery.due_at - timezone.now())
        run(rule)

    delivery.refresh_from_db()
    assert delivery.state == State.DELIVERED


def test_one_that_was_deleted_meanwhile_stops_nobody(settings, campaign):
    rule = a_bot(campaign)
    answer(campaign, submitted=True)
    read_all()
    [(delivery, request)] = compose(claim({rule.id: 1}, database_now()), database_now())
    rule.delete()

    reply = read_reply(delivery, request, Reply(200, '{"ok": true, "ts": "1.1"}', "", 3))

    assert reply.is_taken

    assert not SlackThread.objects.exists()


def test_a_thread_that_slack_lost_is_begun_anew(settings, campaign):
    ann = a_customer(campaign.workspace)
    with scripted_http(taken("1.1"), refused("thread_not_found"), taken("3.1")) as web:
        settings.SLACK_API = web.url
        rule = a_bot(campaign)
        for _ in range(2):
            answer(campaign, customer=ann, submitted=True)
            run(rule)
        waiting = Delivery.objects.get(state=State.WAITING)
        fast_forward(waiting.due_at - timezone.now())
        run(rule)

    assert "thread_ts" not in web.asked[2].values
    assert SlackThread.objects.get().ts == "3.1"


def filled(**fields):
    return {
        "events": ["feedback"],
        "frequency": "immediately",
        "channel": "slack",
        "hour": 8,
        "weekday": 0,
        "slack_channel": "#feedback",
        "slack_token": TOKEN,
        "enabled": "on",
        **fields,
    }


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"slack_token": ""}, "begins with xoxb-"),
        ({"slack_token": "xapp-1"}, "begins with xoxb-"),
        ({"slack_channel": "<!channel>"}, "name or ID"),
        ({"slack_channel": "", "slack_token": ""}, "or a channel below"),
    ],
)
def test_what_is_missing_is_said_at_its_field(client, wrong, words):
    client.force_login(a_member().user)

    answered = client.post("/follow-ups/notifications/new", filled(**wrong))

    assert answered.status_code == 422
    assert words in answered.content.decode()


def test_the_token_is_kept_and_not_shown_again(client):
    client.force_login(a_member().user)

    client.post("/follow-ups/notifications/new", filled())

    rule = Notification.objects.get()
    assert rule.slack_token == TOKEN
    assert TOKEN not in rule.sealed_slack_token
    address = f"/follow-ups/notifications/{rule.id}"
    assert TOKEN not in client.get(address).content.decode()
    client.post(address, filled(slack_token="", name="Renamed"))
    rule.refresh_from_db()
    assert (rule.name, rule.slack_token) == ("Renamed", TOKEN)
