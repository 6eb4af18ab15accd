from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from afterword.campaigns.models import Reminder
from afterword.decisions.reasons import Reason
from afterword.feedback.answering.answer import record_answer
from afterword.feedback.models import Hit
from afterword.sending.models import DeliveryEvent, DeliveryKind, State
from afterword.surveys.outbox.life import life_of
from afterword.surveys.outbox.what_next import what_next
from afterword.workspaces.models import Role
from tests.factories import (
    NOW,
    a_brake,
    a_campaign,
    a_customer,
    a_decision,
    a_member,
    a_sent_reminder_of,
    a_sent_survey,
    a_survey,
    a_workspace,
    an_event,
)

pytestmark = pytest.mark.django_db

UTC = ZoneInfo("UTC")


@pytest.fixture
def member(client):
    member = a_member()
    client.force_login(member.user)
    return member


def page(client, survey):
    return client.get(reverse("surveys:survey", args=[survey.id]))


def text(response):
    return " ".join(response.content.decode().split())


def a_report(survey, kind, minutes=1, **fields):
    return DeliveryEvent.objects.create(
        **{
            "workspace": survey.workspace,
            "mail": survey.mail,
            "kind": kind,
            "at": NOW + timedelta(minutes=minutes),
            "received_at": NOW,
            "source": "webhook",
            "key": f"{kind} {minutes}",
            **fields,
        }
    )


def a_rule(campaign, **fields):
    return Reminder.objects.create(campaign=campaign, template=campaign.template, **fields)


def steps(survey):
    return [step.name for step in life_of(survey, NOW, UTC).steps]


# ---- who may look


@pytest.mark.parametrize("role", list(Role))
def test_every_member_sees_a_survey(client, role):
    member = a_member(role=role)
    client.force_login(member.user)
    survey = a_sent_survey(a_campaign(member.workspace), subject="How was your order?")

    assert "How was your order?" in text(page(client, survey))


def test_an_outsider_sees_none(client, member):
    assert page(client, a_sent_survey()).status_code == 404


def test_a_visitor_is_asked_to_sign_in(client):
    assert page(client, a_sent_survey()).status_code == 302


# ---- the story


def test_the_story_goes_from_the_event_to_the_answer(client, member):
    customer = a_customer(member.workspace)
    event = an_event(
        member.workspace,
        email=customer.address,
        customer=customer,
        received_at=NOW - timedelta(seconds=2),
    )
    campaign = a_campaign(member.workspace)
    survey = a_sent_survey(
        campaign,
        customer=customer,
        event=event,
        sent_at=NOW + timedelta(seconds=1),
        server_reply="250 2.0.0 queued",
    )
    detail = {"due_at": "2026-11-01T12:00:00Z", "draw": 3.5, "rate": 20}
    a_decision(event, Reason.SCHEDULED, campaign, detail=detail)
    a_report(survey, DeliveryKind.DELIVERED, words="smtp;250 OK")
    a_report(survey, DeliveryKind.MACHINE_OPENED, 2, source="pixel")
    a_report(survey, DeliveryKind.OPENED, 3, source="pixel")
    record_answer(survey, 9, "Lovely <b>thing</b>", NOW + timedelta(hours=1), submitted=True)

    assert steps(survey) == [
        "Event: Order Completed",
        "Scheduled",
        "Sent",
        "Delivered",
        "Opened by a machine",
        "Opened by a person",
        "Answered",
    ]
    shown = text(page(client, survey))
    for said in (
        reverse("events:event", args=[event.id]),
        "The draw was 3.5",
        "250 2.0.0 queued",
        "smtp;250 OK",
        "Lovely &lt;b&gt;thing",
        "Promoter",
    ):
        assert said in shown


def test_what_is_only_kept_in_the_survey_is_told_too():
    survey = a_sent_survey(
        delivered_at=NOW + timedelta(minutes=1),
        opened_at=NOW + timedelta(minutes=2),
        clicked_at=NOW + timedelta(minutes=3),
        unsubscribed_at=NOW + timedelta(minutes=4),
        complained_at=NOW + timedelta(minutes=5),
    )

    told = ["Delivered", "Opened by a person", "Link followed", "Unsubscribed", "Complained"]
    assert steps(survey)[2:] == told


def test_a_bounce_is_told_once_with_the_servers_words():
    survey = a_sent_survey(
        state=State.BOUNCED, bounce="hard", bounced_at=NOW, server_reply="550 No such user"
    )
    assert steps(survey) == ["Scheduled", "Sent", "Hard-bounced"]

    a_report(survey, DeliveryKind.HARD_BOUNCED, words="550 No such user", source="report")

    life = life_of(survey, NOW, UTC)
    assert [(step.name, step.words) for step in life.steps] == [
        ("Scheduled", ""),
        ("Sent", ""),
        ("Hard-bounced", "550 No such user"),
    ]


def test_the_mail_servers_words_are_never_run(client, member):
    words = "550 <script>alert(1)</script>"
    survey = a_survey(
        a_campaign(member.workspace), state=State.PARKED, server_reply=words, subject=words
    )
    a_report(survey, DeliveryKind.SOFT_BOUNCED, words=words, source="<b>x</b>")

    shown = text(page(client, survey))

    assert "550 &lt;script&gt;" in shown
    assert "<script>alert" not in shown
    assert "<b>x" not in shown


@pytest.mark.parametrize("state", [State.DISMISSED, State.PARKED])
@pytest.mark.parametrize("at", [NOW, None])  # None: from before it was kept
def test_when_it_ended_is_told_if_it_is_known(state, at):
    survey = a_survey(state=state, ended_at=at)

    assert life_of(survey, NOW, UTC).steps[-1].at == at


def test_why_it_was_not_sent_is_told():
    survey = a_survey(state=State.DISMISSED, reason=Reason.CAPPED, detail={})

    assert "as many survey mails as it may" in life_of(survey, NOW, UTC).steps[-1].text


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ({"by": "00000000-0000-0000-0000-000000000000"}, "no longer here"),
        ({"customer": "deleted"}, "customer was deleted"),
        ({"answered_at": "2026-11-01T12:00:00Z"}, "answered meanwhile, on 1 Nov 2026"),
        ({"bounced_at": "2026-11-01T12:00:00Z"}, "bounced meanwhile, on 1 Nov 2026"),
        ({}, ""),
    ],
)
def test_why_it_was_cancelled_is_told(detail, words):
    survey = a_survey(state=State.CANCELLED, cancelled_at=NOW, detail=detail)

    assert words in life_of(survey, NOW, UTC).steps[-1].text


def test_only_a_member_of_the_same_workspace_is_named_as_who_cancelled():
    stranger = a_member()
    survey = a_survey(state=State.CANCELLED, cancelled_at=NOW, detail={"by": str(stranger.user_id)})

    assert str(stranger.user) not in life_of(survey, NOW, UTC).steps[-1].text


def test_a_reminder_and_what_it_reminds_of_lead_to_each_other(client, member):
    campaign = a_campaign(member.workspace)
    rule = a_rule(campaign, position=1, after_days=3)
    first = a_sent_survey(campaign)
    reminder = a_sent_reminder_of(first, reminder=rule, sent_at=NOW + timedelta(days=3))

    assert reverse("surveys:survey", args=[reminder.id]) in text(page(client, first))
    shown = text(page(client, reminder))
    assert reverse("surveys:survey", args=[first.id]) in shown
    assert "Reminder 1" in shown
    assert steps(first)[-1] == "Reminder sent"


def test_fetches_of_the_link_are_counted(client, member):
    survey = a_sent_survey(a_campaign(member.workspace))
    for judgement in ("", "trap", "trap"):
        Hit.objects.create(
            workspace=survey.workspace,
            invitation=survey,
            at=NOW,
            kind="page",
            method="GET",
            judgement=judgement,
        )

    assert "3 times, 2 of them taken for a machine" in text(page(client, survey))


def test_a_mail_opened_for_years_is_not_told_for_ever():
    survey = a_sent_survey()
    for minute in range(105):
        a_report(survey, DeliveryKind.OPENED, minute)

    life = life_of(survey, NOW, UTC)

    assert life.reports_left_out == 5
    assert len(life.steps) == 102


def test_a_long_story_costs_as_many_queries_as_a_short_one(
    client, member, django_assert_max_num_queries
):
    survey = a_sent_survey(a_campaign(member.workspace))
    for minute in range(50):
        a_report(survey, DeliveryKind.OPENED, minute)

    with django_assert_max_num_queries(13):
        page(client, survey)


# ---- what comes next


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"due_at": NOW + timedelta(hours=1)}, "It will be sent at 1 Nov 2026, 13:00:00."),
        ({}, "as soon as it is its turn"),
        (
            {"due_at": NOW + timedelta(hours=1), "refusals": 2, "first_refused_at": NOW},
            "It will be tried again at 1 Nov 2026, 13:00:00.",
        ),
        ({"handed_over": 1}, "sent once more, and never a third time"),
        ({"state": State.CLAIMED}, "being sent just now"),
        (
            {"state": State.HANDING_OVER, "handed_over": 1, "lease_until": NOW},
            "Evidence that it arrived is looked for until 1 Nov 2026, 12:00:00",
        ),
        (
            {"state": State.HANDING_OVER, "handed_over": 2, "lease_until": NOW},
            "not sent again",
        ),
        ({"state": State.CANCELLED}, ""),
        ({"state": State.SENT, "sent_at": NOW}, ""),
    ],
)
def test_what_happens_next_is_said(fields, words):
    said = what_next(a_survey(**fields), NOW, UTC)

    assert words in said
    assert bool(said) == bool(words)


def test_what_a_paused_campaign_holds_back_waits_for_a_person():
    campaign = a_campaign(name="After an order")
    a_brake(campaign)

    said = what_next(a_survey(campaign, state=State.HELD), NOW, UTC)

    assert said.startswith("Held: the campaign After an order is paused since 1 Nov 2026")


def test_a_campaign_that_is_off_sends_nothing():
    campaign = a_campaign(activated_at=None)

    assert "switched off" in what_next(a_survey(campaign), NOW, UTC)


def test_the_next_reminder_is_foretold():
    campaign = a_campaign(a_workspace())
    for position, days in ((1, 3), (2, 7)):
        a_rule(campaign, position=position, after_days=days)
    survey = a_sent_survey(campaign)

    assert "after 3 days if it is not answered" in what_next(survey, NOW, UTC)
    assert what_next(a_sent_survey(campaign, answered_at=NOW), NOW, UTC) == ""
