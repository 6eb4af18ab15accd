"""Notifications over real SMTP and to a real HTTP server in Slack's place."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as installed
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from afterword.feedback.answering.answer import record_answer
from afterword.feedback.loop.models import AssignmentRule
from afterword.feedback.loop.watch import follow_up
from afterword.feedback.replies.models import CustomerReply
from afterword.feedback.replies.take import take_replies
from afterword.feedback.risk.models import AtRisk
from afterword.followups.events import FORM_WAIT
from afterword.followups.models import Delivery, State
from afterword.followups.notifications import parts
from afterword.followups.notifications.digest import make_digests
from afterword.followups.notifications.models import Frequency, Notification
from afterword.followups.notifications.moments import next_moment
from afterword.followups.notifications.telling import messages_of
from afterword.followups.rules import save
from afterword.mail.message.return_path import reply_address
from afterword.sending.models import Mail
from afterword.sending.reports.delivery_reports import Incoming
from tests.factories import a_campaign, a_member, a_sent_survey
from tests.followups import (
    a_notification,
    allow_loopback,
    answer,
    deliver_next,
    fast_forward,
    posting,
    read_all,
)
from tests.http_script import Answer, scripted_http

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sink():
    with posting() as sink:
        yield sink


def run(sink):
    read_all()
    sink.send_due()


def text_of(message):
    return message.get_body(("plain",)).get_content()


def test_an_answer_reaches_members_and_addresses_at_once(sink):
    campaign = a_campaign()
    member, outsider = a_member(campaign.workspace), a_member()
    a_notification(campaign, members=[member.user_id, outsider.user_id])
    _, response = answer(campaign, 3, "It was <b>late</b>", submitted=True)

    run(sink)

    assert sorted(sink.recipients) == sorted([member.user.email, "team@acme.test"])
    message = sink.messages()[0]
    assert message["Subject"] == "NPS 3 (Detractor) from Ann"
    assert message["Reply-To"] == response.email
    assert message["Auto-Submitted"] == "auto-generated"
    assert "It was <b>late</b>" in text_of(message)
    assert "It was &lt;b&gt;late" in message.get_body(("html",)).get_content()


def test_a_member_who_wants_none_is_left_out(sink):
    campaign = a_campaign()
    spared = a_member(campaign.workspace, spared_at=timezone.now())
    a_notification(campaign, members=[spared.user_id])
    answer(campaign, 3, "Late", submitted=True)

    run(sink)

    assert sink.recipients == ["team@acme.test"]


def test_it_waits_for_the_form_so_that_the_whole_answer_is_told_once(sink):
    campaign = a_campaign()
    a_notification(campaign)
    survey, _ = answer(campaign, 9)
    run(sink)
    assert sink.received == []

    record_answer(survey, 8, "All in all good", timezone.now(), submitted=True)
    run(sink)
    record_answer(survey, 8, "All in all very good", timezone.now(), submitted=True)
    run(sink)

    assert ["All in all good" in text_of(one) for one in sink.messages()] == [True]


def test_a_score_that_nothing_follows_is_told_after_ten_minutes(sink):
    campaign = a_campaign()
    a_notification(campaign, events=["promoter", "detractor"])
    answer(campaign, 9)
    changed, _ = answer(campaign, 2)
    run(sink)
    record_answer(changed, 7, None, timezone.now(), submitted=False)
    run(sink)

    fast_forward(FORM_WAIT)
    run(sink)

    assert [one["Subject"] for one in sink.messages()] == ["NPS 9 (Promoter) from Ann"]
    assert Mail.objects.filter(state="cancelled").count() == 1


def test_whoever_is_no_member_any_more_is_not_told(sink):
    campaign = a_campaign()
    member = a_member(campaign.workspace)
    a_notification(campaign, members=[member.user_id], addresses=[])
    answer(campaign, submitted=True)
    read_all()
    member.delete()

    run(sink)

    assert sink.received == []


def test_switched_off_nothing_more_is_told(sink):
    campaign = a_campaign()
    notification = a_notification(campaign)
    answer(campaign, submitted=True)
    read_all()
    save(notification, timezone.now(), enabled=False)

    run(sink)

    assert sink.received == []


def test_a_digest_holds_what_was_gathered_and_is_not_sent_empty(sink):
    campaign = a_campaign()
    notification = a_notification(campaign, frequency=Frequency.DAILY)
    answer(campaign, 9, "Good", submitted=True)
    answer(campaign, 2, "Bad", submitted=True)
    run(sink)
    assert sink.received == []

    make_digests(timezone.now() + timedelta(days=1))
    make_digests(timezone.now() + timedelta(days=2))
    fast_forward(timedelta(days=2))
    run(sink)

    [message] = sink.messages()
    assert message["Subject"] == f"{campaign.name}: 2 new in the last day"
    text = text_of(message)
    assert text.index("Bad") < text.index("Good")
    assert "Promoter: 1 · Detractor: 1" in text
    notification.refresh_from_db()
    assert notification.digest_at
    assert notification.digest_at > timezone.now() + timedelta(days=2)


def test_a_digest_says_the_score_and_the_best_and_worst_comment(sink):
    campaign = a_campaign()
    a_notification(campaign, frequency=Frequency.WEEKLY)
    for score, comment in ((9, "Good"), (7, "Fair"), (2, "Bad"), (10, "")):
        answer(campaign, score, comment, submitted=True)
    run(sink)

    make_digests(timezone.now() + timedelta(days=8))
    Delivery.objects.filter(kind="digest").update(happened_at=timezone.now())
    fast_forward(timedelta(days=8))
    run(sink)

    text = text_of(sink.messages()[0]).replace("\r\n", "\n")
    assert "NPS 25 from 4 answers" in text
    assert "The worst comment, NPS 2 (Detractor) from Ann\nBad" in text
    assert "The best comment, NPS 9 (Promoter) from Ann\nGood" in text


def test_of_a_digest_of_very_many_the_first_are_told_and_how_many_more_there_are(sink, monkeypatch):
    monkeypatch.setattr(parts, "MOST_PARTS", 3)
    campaign = a_campaign()
    a_notification(campaign, frequency=Frequency.DAILY)
    for comment in ("One", "Two", "Three", "Four", "Five"):
        answer(campaign, 9, comment, submitted=True)
    run(sink)

    make_digests(timezone.now() + timedelta(days=1))
    fast_forward(timedelta(days=1))
    run(sink)

    [message] = sink.messages()
    text = " ".join(text_of(message).split())
    assert message["Subject"] == f"{campaign.name}: 5 new in the last day"
    assert "Of the first 3 · Promoter: 3" in text
    assert ("Three" in text, "Four" in text) == (True, False)
    assert f"And 2 more. All answers: {installed.BASE_URL}/feedback?campaign={campaign.id}" in text
    html = message.get_body(("html",)).get_content()
    assert f'And 2 more. <a href="{installed.BASE_URL}/feedback?campaign={campaign.id}"' in html


def a_digest_of(campaign, count):
    """Of so many answers, replies and people at risk."""
    digest = Delivery.objects.create(
        workspace=campaign.workspace,
        notification=a_notification(campaign, events=["feedback", "replied", "at_risk"]),
        kind="digest",
        happened_at=timezone.now(),
        created_at=timezone.now(),
        due_at=timezone.now(),
    )
    for number in range(count):
        survey, response = answer(campaign, 3, f"Late {number}", submitted=True)
        replied = CustomerReply.objects.create(
            workspace=campaign.workspace,
            customer=survey.survey.customer,
            key=str(response.id)[:32],
            text=f"Reply {number}",
            received_at=timezone.now(),
        )
        AtRisk.objects.create(
            customer=survey.survey.customer,
            workspace=campaign.workspace,
            since=timezone.now(),
            reason="fell",
            metric="nps",
            score=3,
            judged_at=timezone.now(),
        )
        for kind, subject in (
            ("feedback.new", response.id),
            ("customer.replied", replied.customer_id),
            ("customer.at_risk", replied.customer_id),
        ):
            Delivery.objects.create(
                workspace=campaign.workspace,
                notification=digest.notification,
                kind=kind,
                subject_id=subject,
                state=State.DELIVERED,
                happened_at=replied.received_at,
                created_at=replied.received_at,
                due_at=replied.received_at,
                digest=digest,
            )
    return digest


def test_a_digest_asks_no_more_however_much_it_holds():
    campaign = a_campaign()
    asked = []
    for count in (1, 4):
        digest = a_digest_of(campaign, count)
        with CaptureQueriesContext(connection) as queries:
            [message] = messages_of([digest]).values()
        asked.append(len(queries))
        assert len(message.lines) == 3 * count
        assert {f"Reply {number}" for number in range(count)} <= {
            line.comment for line in message.lines
        }

    assert asked[0] == asked[1]


def test_slack_gets_block_kit_in_which_nothing_is_a_mention(settings):
    allow_loopback(settings)
    campaign = a_campaign()
    with scripted_http(Answer(200, "ok")) as web:
        notification = a_notification(campaign, slack_url=f"{web.url}/services/secret")
        answer(campaign, 1, "<!channel> *bad* & <@U1>", submitted=True)
        read_all()

        assert deliver_next(notification.id)

    [asked] = web.asked
    [header, said, _] = asked.values["blocks"]
    assert header["text"]["text"] == "NPS 1 (Detractor) from Ann"
    assert said["text"] == {
        "type": "plain_text",
        "text": "<!channel> *bad* & <@U1>",
        "emoji": False,
    }
    assert "<" not in asked.values["text"]
    kept = Delivery.objects.get()
    assert (kept.state, kept.attempts.get().url) == (State.DELIVERED, "Slack")


def test_a_slack_hook_that_is_no_more_switches_it_off(settings):
    allow_loopback(settings)
    campaign = a_campaign()
    with scripted_http(Answer(404, "no_service")) as web:
        notification = a_notification(campaign, slack_url=f"{web.url}/services/secret")
        answer(campaign, submitted=True)
        read_all()
        deliver_next(notification.id)

    notification.refresh_from_db()
    assert (notification.is_enabled, "404" in notification.problem) == (False, True)


@pytest.mark.parametrize(
    ("after", "hour", "weekday", "expected"),
    [
        ("2026-03-28T07:30", 8, None, "2026-03-29T06:00"),  # summer time began at 2 o'clock
        ("2026-03-28T06:30", 8, None, "2026-03-28T07:00"),
        ("2026-03-29T00:30", 2, None, "2026-03-29T01:00"),  # there was no 2 o'clock
        ("2026-10-24T23:30", 2, None, "2026-10-25T00:00"),
        ("2026-10-25T00:30", 2, None, "2026-10-26T01:00"),  # 2 o'clock came twice
        ("2026-11-02T07:00", 8, 0, "2026-11-09T07:00"),
        ("2026-11-02T06:59", 8, 0, "2026-11-02T07:00"),
    ],
)
def test_digests_keep_to_the_clock_on_the_wall(after, hour, weekday, expected):
    found = next_moment(
        datetime.fromisoformat(after).replace(tzinfo=UTC),
        ZoneInfo("Europe/Prague"),
        hour,
        weekday,
    )

    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_one_is_sent_now_to_whoever_asks(sink, client):
    campaign = a_campaign()
    member = a_member(campaign.workspace)
    notification = a_notification(campaign)
    client.force_login(member.user)

    client.post(f"/campaigns/{campaign.id}/notifications/{notification.id}/trial")
    sink.send_due()

    assert sink.recipients == [member.user.email]
    assert sink.messages()[0]["Subject"].startswith("Test: NPS 10 (Promoter)")


def test_one_is_added_and_changed_on_its_pages(client):
    member = a_member()
    campaign = a_campaign(member.workspace)
    client.force_login(member.user)
    root = f"/campaigns/{campaign.id}/notifications"
    given = {
        "name": "Unhappy",
        "events": ["detractor"],
        "frequency": "weekly",
        "hour": "9",
        "weekday": "4",
        "channel": "email",
        "members": [str(member.user_id)],
        "addresses": "Boss@Acme.test, other@acme.test",
        "enabled": "on",
    }

    assert client.get(f"{root}/new").status_code == 200
    assert client.post(f"{root}/new", given).status_code == 302

    made = Notification.objects.get()
    assert (made.members, made.addresses) == (
        [member.user_id],
        ["boss@acme.test", "other@acme.test"],
    )
    assert made.digest_at
    assert made.digest_at.weekday() == 4
    assert "on Fridays at 9:00" in client.get(root).content.decode()
    page = client.get(f"{root}/{made.id}").content.decode()
    assert "boss@acme.test, other@acme.test" in page
    answered = client.post(f"{root}/{made.id}", {**given, "channel": "slack", "slack_url": ""})
    assert answered.status_code == 422
    nobody = {**given, "members": [], "addresses": ""}
    assert client.post(f"{root}/{made.id}", nobody).status_code == 422
    slack = {**given, "channel": "slack", "slack_url": "https://hooks.slack.example/T/secret"}
    assert client.post(f"{root}/{made.id}", slack).status_code == 302
    assert b"T/secret" not in client.get(f"{root}/{made.id}").content


def test_the_same_answer_is_told_of_again_when_it_is_assigned_and_overdue(sink):
    campaign, now = a_campaign(), timezone.now()
    bo = a_member(campaign.workspace, spared_at=now).user
    a_notification(campaign, events=["feedback", "assigned", "overdue"])
    AssignmentRule.objects.create(
        workspace=campaign.workspace, enabled_at=now - timedelta(hours=1), user=bo, due_hours=1
    )
    _, response = answer(campaign, 3, "Late", submitted=True)

    follow_up(timezone.now())
    follow_up(timezone.now() + timedelta(hours=2))
    run(sink)

    assert {message["Subject"] for message in sink.messages()} == {
        "NPS 3 (Detractor) from Ann",
        f"Assigned to {bo}: NPS 3 from Ann",
        f"Overdue with {bo}: NPS 3 from Ann",
    }
    assert any(f"/feedback/{response.id}/assignment" in text_of(one) for one in sink.messages())


def test_what_a_customer_replies_reaches_members_who_can_answer_them(sink, settings):
    settings.CONFIGURATION = replace(
        settings.CONFIGURATION, bounce_address="bounces@mail.acme.example"
    )
    survey = a_sent_survey(a_campaign())
    a_notification(survey.survey.campaign, events=["replied"])
    raw = f"From: a@b.test\nTo: {reply_address(survey.id)}\nMessage-ID: <1@b>\n\nPlease call me!\n"

    take_replies([Incoming(raw.encode())], timezone.now())
    run(sink)

    [message] = sink.messages()
    assert message["Subject"].endswith("replied to a mail")
    assert message["Reply-To"] == survey.survey.email
    assert "Please call me!" in text_of(message)
