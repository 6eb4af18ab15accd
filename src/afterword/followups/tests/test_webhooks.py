"""Webhooks, from an answer to a real HTTP server."""

import json
from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.utils import timezone
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from afterword.core.clock import database_now
from afterword.feedback.answering.answer import record_answer
from afterword.followups.engine.claim import cancel_waiting, claim
from afterword.followups.engine.deliver import record
from afterword.followups.engine.lanes import Lanes
from afterword.followups.engine.post import Reply, Request
from afterword.followups.engine.settle import WAITS, Tried, wait_after
from afterword.followups.engine.turn import take_turn
from afterword.followups.events import FORM_WAIT
from afterword.followups.models import Attempt, Delivery, State, Webhook
from afterword.followups.rules import save
from afterword.followups.webhooks.rotate import rotate
from afterword.suppressions.models import SuppressionReason
from afterword.suppressions.suppress import suppress
from afterword.workspaces.models import Role
from tests.factories import a_campaign, a_customer, a_member, a_sent_survey
from tests.followups import (
    a_webhook,
    allow_loopback,
    answer,
    deliver_next,
    fast_forward,
    posting,
    queries_of_passes,
    read_all,
)
from tests.http_script import Answer, scripted_http
from tests.running_afterword import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def loopback(settings):
    allow_loopback(settings)


@pytest.fixture
def web():
    with scripted_http(Answer(200, "ok")) as web:
        yield web


def run(webhook):
    """Deliver all that is due."""
    read_all()
    while deliver_next(webhook.id):
        pass


def test_an_answer_is_told_at_once_signed_and_with_its_own_headers(web):
    campaign = a_campaign()
    webhook = a_webhook(web.url, campaign=campaign, headers={"X-Key": "s3cret"})
    _, response = answer(campaign, 9, "Good", submitted=True)

    run(webhook)

    [asked] = web.asked
    body = Verifier(webhook.secret).verify(asked.body, dict(asked.headers))
    assert (body["score"], body["comment"], body["firstName"]) == (9, "Good", "Ann")
    assert (body["event"], body["responseId"]) == ("feedback.new", str(response.id))
    assert (body["isAtRisk"], body["atRiskReason"]) == (False, None)
    assert asked.headers["X-Key"] == "s3cret"
    delivery = Delivery.objects.get()
    assert (delivery.state, asked.headers["webhook-id"]) == (State.DELIVERED, str(delivery.id))
    kept = json.dumps(Attempt.objects.values("headers", "body", "answer").get())
    assert "s3cret" not in kept


def test_a_worker_follows_within_a_second(web):
    campaign = a_campaign()
    a_webhook(web.url, campaign=campaign)
    answer(campaign)
    lanes = Lanes()

    take_turn(lanes.wake)
    lanes.wake()

    eventually(lambda: web.asked)
    lanes.close()


def test_a_change_follows_under_an_id_of_its_own(web):
    campaign = a_campaign()
    webhook = a_webhook(web.url, campaign=campaign)
    survey, _ = answer(campaign, 9)
    run(webhook)
    record_answer(survey, 3, "Oh no", timezone.now(), submitted=True)

    run(webhook)

    told = [(one.values["event"], one.values["score"]) for one in web.asked]
    assert told == [("feedback.new", 9), ("feedback.changed", 3)]
    assert len({one.headers["webhook-id"] for one in web.asked}) == 2


def test_whatever_a_comment_holds_the_body_is_json(web):
    campaign = a_campaign()
    webhook = a_webhook(web.url, campaign=campaign)
    nasty = "\"}],\n\t\\ {{ email }} <b>\u202e =cmd|' /C calc'!A0 <!channel>"
    answer(campaign, 1, nasty, submitted=True)

    run(webhook)

    assert web.asked[0].values["comment"] == nasty


@pytest.mark.parametrize(
    ("events", "score", "comment", "is_told"),
    [
        (["promoter"], 9, "", True),
        (["promoter"], 6, "", False),
        (["detractor", "passive"], 7, "", True),
        (["feedback_with_comment"], 9, "Good", True),
        (["feedback_with_comment"], 9, "", False),
        (["feedback_without_comment"], 9, "", True),
        (["feedback_without_comment"], 9, "Good", False),
        (["score_range"], 5, "", True),
        (["score_range"], 6, "", False),
        (["bounced", "unsubscribed"], 6, "", False),
    ],
)
def test_only_what_is_followed_is_told(web, events, score, comment, is_told):
    campaign = a_campaign()
    webhook = a_webhook(web.url, campaign=campaign, events=events, score_min=3, score_max=5)
    answer(campaign, score, comment, submitted=True)

    run(webhook)

    assert bool(web.asked) is is_told


def test_without_a_comment_waits_until_the_form_was_sent_or_for_ten_minutes(web):
    campaign = a_campaign()
    webhook = a_webhook(web.url, campaign=campaign, events=["feedback_without_comment"])
    answer(campaign, 9)
    sent, _ = answer(campaign, 8)
    commented, _ = answer(campaign, 7)
    run(webhook)
    assert web.asked == []

    record_answer(sent, 8, "", timezone.now(), submitted=True)
    record_answer(commented, 7, "A comment", timezone.now(), submitted=True)
    run(webhook)
    assert [one.values["score"] for one in web.asked] == [8]

    fast_forward(FORM_WAIT)
    run(webhook)
    assert [one.values["score"] for one in web.asked] == [8, 9]

    def is_cancelled() -> bool:
        run(webhook)
        return Delivery.objects.filter(state=State.CANCELLED).count() == 1

    eventually(is_cancelled)


def test_an_unsubscribe_is_told_to_the_campaign_that_asked(web):
    campaign, other = a_campaign(), a_campaign()
    webhook = a_webhook(web.url, campaign=campaign, events=["unsubscribed"])
    customer = a_customer(campaign.workspace)
    a_sent_survey(campaign, customer=customer)
    a_webhook(web.url, campaign=a_campaign(campaign.workspace), events=["unsubscribed"])
    reason = SuppressionReason.UNSUBSCRIBED
    suppress(campaign.workspace_id, customer.address, reason, how="link", now=timezone.now())

    run(webhook)

    [asked] = web.asked
    assert (asked.values["event"], asked.values["email"]) == (
        "customer.unsubscribed",
        customer.email,
    )
    assert Delivery.objects.count() == 1
    assert other.workspace_id != campaign.workspace_id


def test_the_workspace_follows_all_of_its_campaigns_and_no_others(web):
    campaign, elsewhere = a_campaign(), a_campaign()
    webhook = a_webhook(web.url, workspace=campaign.workspace)
    answer(campaign, 9)
    answer(elsewhere, 3)

    run(webhook)

    assert [one.values["score"] for one in web.asked] == [9]


def test_what_was_answered_before_it_was_switched_on_is_not_told(web):
    campaign = a_campaign()
    a_webhook("https://other.example", campaign=campaign)
    answer(campaign, 9)
    webhook = a_webhook(web.url, campaign=campaign)
    answer(campaign, 8)

    run(webhook)

    assert [one.values["score"] for one in web.asked] == [8]


def test_it_is_tried_again_under_the_same_id_after_growing_waits():
    with scripted_http(Answer(500), Answer(closes=True), Answer(200)) as web:
        webhook = a_webhook(web.url, campaign=(campaign := a_campaign()))
        answer(campaign)
        run(webhook)
        delivery = Delivery.objects.get()
        wait = delivery.due_at - database_now()
        assert (delivery.state, WAITS[0] * 0.5 < wait < WAITS[0] * 1.2) == (State.WAITING, True)
        webhook.refresh_from_db()
        assert (webhook.failing_since is None, "500" in webhook.problem) == (False, True)

        for wait in WAITS[:2]:
            fast_forward(wait * 1.2)
            run(webhook)

        assert len({one.headers["webhook-id"] for one in web.asked}) == 1
        webhook.refresh_from_db()
        assert Delivery.objects.get().state == State.DELIVERED
        assert (webhook.failing_since, webhook.problem) == (None, "")


def test_the_waits_are_those_of_the_book_and_end():
    waits = [wait_after(attempt, 0) for attempt in range(1, 8)]

    assert [wait.total_seconds() for wait in waits if wait] == [
        5,
        300,
        1800,
        7200,
        18_000,
        36_000,
        36_000,
    ]
    assert wait_after(8, 0) is None
    assert (wait_after(1, 1) or WAITS[0]) > WAITS[0]


def test_after_the_last_wait_it_has_failed_and_may_be_sent_by_hand():
    with scripted_http(Answer(500)) as web:
        webhook = a_webhook(web.url, campaign=(campaign := a_campaign()))
        answer(campaign)
        run(webhook)
        for _ in WAITS:
            fast_forward(timedelta(days=1))
            run(webhook)

        assert (Delivery.objects.get().state, len(web.asked)) == (State.FAILED, 8)


def test_410_switches_it_off_for_good():
    with scripted_http(Answer(410)) as web:
        webhook = a_webhook(web.url, campaign=(campaign := a_campaign()))
        answer(campaign)
        run(webhook)
        answer(campaign)
        run(webhook)

        webhook.refresh_from_db()
        assert (webhook.is_enabled, len(web.asked)) == (False, 1)
        assert "410" in webhook.problem


def test_owners_are_told_by_mail_that_it_was_switched_off():
    campaign = a_campaign()
    owner = a_member(campaign.workspace)
    a_member(campaign.workspace, role=Role.MEMBER)
    with scripted_http(Answer(410)) as web, posting() as sink:
        webhook = a_webhook(web.url, campaign=campaign)
        answer(campaign)
        run(webhook)
        sink.send_due()

        assert sink.recipients == [owner.user.email]
        [message] = sink.messages()
        assert "Switched off: webhook" in message["Subject"]
        assert "It answered 410" in message.get_body(("plain",)).get_content()


def test_an_endpoint_that_fails_for_five_days_is_switched_off():
    with scripted_http(Answer(500)) as web:
        webhook = a_webhook(web.url, campaign=(campaign := a_campaign()))
        answer(campaign)
        run(webhook)
        Webhook.objects.update(failing_since=timezone.now() - timedelta(days=5, seconds=1))
        fast_forward(timedelta(days=1))
        run(webhook)

        webhook.refresh_from_db()
        assert (webhook.is_enabled, "five days" in webhook.problem) == (False, True)


def test_a_redirect_is_not_followed(web):
    with scripted_http(Answer(302, headers={"Location": web.url})) as redirecting:
        webhook = a_webhook(redirecting.url, campaign=(campaign := a_campaign()))
        answer(campaign)
        run(webhook)

    assert web.asked == []
    assert "Redirects are not followed" in Delivery.objects.get().words


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"])
def test_private_networks_are_out_of_reach(web, settings, host):
    allow_loopback(settings, ip_network("10.0.0.0/8"))
    webhook = a_webhook(web.url.replace("127.0.0.1", host), campaign=(campaign := a_campaign()))
    answer(campaign)
    run(webhook)

    assert web.asked == []
    assert "private network" in Delivery.objects.get().words


def test_an_endless_answer_counts_by_its_status():
    with scripted_http(Answer(200, "x" * 200_000)) as web:
        webhook = a_webhook(web.url, campaign=(campaign := a_campaign()))
        answer(campaign)
        run(webhook)

    assert Delivery.objects.get().state == State.DELIVERED
    assert len(Attempt.objects.get().answer) <= 4_000


def test_reading_costs_the_same_for_many(web):
    campaign = a_campaign()
    a_webhook(web.url, campaign=campaign)
    for _ in range(20):
        answer(campaign)

    assert max(map(len, queries_of_passes())) <= 20


def test_switched_off_it_sends_nothing_more(web):
    webhook = a_webhook(web.url, campaign=(campaign := a_campaign()))
    save(webhook, timezone.now(), enabled=False)
    answer(campaign)

    run(webhook)

    assert web.asked == []


def test_what_fails_while_it_is_switched_off_is_not_tried_again(web):
    webhook = a_webhook(web.url, campaign=(campaign := a_campaign()))
    answer(campaign)
    read_all()
    [claimed] = claim({webhook.id: 1}, database_now())
    save(webhook, timezone.now(), enabled=False)
    cancel_waiting(webhook, timezone.now())
    request = Request(webhook.url, b"{}", {})
    tried = Tried(claimed, request, Reply(500, "", "", 7), is_final=False)

    record([tried], timezone.now())
    fast_forward(2 * WAITS[0])
    run(webhook)

    assert web.asked == []
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.words) == ("cancelled", "It was switched off meanwhile.")


def test_a_receiver_that_repeats_headers_brings_no_secret_into_the_log():
    headers = {"Authorization": "Bearer t0p-s3cret", "X-Id": "7"}
    told = json.dumps({"seen": headers})
    with scripted_http(Answer(200, told)) as web:
        webhook = a_webhook(web.url, campaign=(campaign := a_campaign()), headers=headers)
        answer(campaign)
        run(webhook)

    kept = Attempt.objects.get().answer
    assert "t0p-s3cret" not in kept
    assert '"X-Id": "7"' in kept


def test_for_a_day_after_a_new_secret_either_checks_a_request(web):
    campaign = a_campaign()
    webhook = a_webhook(web.url, campaign=campaign)
    old = webhook.secret
    new = rotate(webhook, timezone.now())
    answer(campaign, submitted=True)
    run(webhook)
    Webhook.objects.update(old_secret_until=timezone.now())
    answer(campaign, submitted=True)
    run(webhook)

    during, after = web.asked
    for secret in (old, new):
        assert Verifier(secret).verify(during.body, dict(during.headers))
    assert Verifier(new).verify(after.body, dict(after.headers))
    with pytest.raises(WebhookVerificationError):
        Verifier(old).verify(after.body, dict(after.headers))
