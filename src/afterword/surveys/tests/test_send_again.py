"""Failed surveys that a person sends again, one or all of a filter."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from afterword.sending.models import State
from afterword.surveys.models import Invitation
from afterword.surveys.send_again import send_again
from afterword.workspaces.models import Role
from tests.factories import NOW, a_campaign, a_member, a_survey, mail_of, reload

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    member = a_member()
    client.force_login(member.user)
    return member


def a_failed(campaign, **fields):
    given = {"server_reply": "554 5.6.0 no", "ended_at": NOW, "created_at": timezone.now()}
    return a_survey(campaign, state=State.PARKED, **{**given, **fields})


def text(response):
    return " ".join(response.content.decode().split())


def one(client, survey):
    return client.post(reverse("surveys:send_again", args=[survey.id]), follow=True)


def state(survey):
    return mail_of(survey).state


# ---- one


def test_a_failed_survey_begins_anew(client, member):
    survey = a_failed(
        a_campaign(member.workspace),
        attempt=7,
        handed_over=1,
        orphaned=5,
        refusals=3,
        first_refused_at=NOW,
    )

    page = client.get(reverse("surveys:survey", args=[survey.id]))
    assert "Send again" in text(page)
    assert "may have arrived already" in text(page)
    assert "a member can send it again" in text(page)
    shown = text(one(client, survey))

    survey = reload(survey)
    assert mail_of(survey).state == State.QUEUED
    assert mail_of(survey).due_at <= timezone.now()
    assert (mail_of(survey).orphaned, mail_of(survey).refusals) == (0, 0)
    assert mail_of(survey).handed_over == 1  # one more, and never a third
    assert (mail_of(survey).first_refused_at, mail_of(survey).ended_at) == (None, None)
    assert (
        mail_of(survey).attempt == 7
    )  # or a worker that slept since then could take it for its own
    assert ProcrastinateJob.objects.filter(task_name="send_due", status="todo").exists()
    assert "is queued again" in shown
    assert f"By {member.user}. It had failed before." in shown
    assert "554 5.6.0 no" in shown
    assert "Send again" not in shown
    assert "Due " not in shown.partition("Queued again")[0].partition("Scheduled")[2]


@pytest.mark.parametrize("other", [state for state in State if state != State.PARKED])
def test_what_has_not_failed_is_left_alone(client, member, other):
    survey = a_survey(a_campaign(member.workspace), state=other, detail={"kept": 1}, due_at=NOW)

    shown = text(one(client, survey))

    survey = reload(survey)
    assert (mail_of(survey).state, mail_of(survey).detail, mail_of(survey).due_at) == (
        other,
        {"kept": 1},
        NOW,
    )
    assert "Nothing was sent again" in shown


@pytest.mark.parametrize("sign", ["delivered_at", "answered_at", "bounced_at"])
def test_what_turned_out_to_have_arrived_or_bounced_is_left_alone(client, member, sign):
    survey = a_failed(a_campaign(member.workspace), **{sign: NOW})

    assert "Nothing was sent again" in text(one(client, survey))
    assert state(survey) == State.PARKED


def test_what_was_in_doubt_twice_is_never_sent_a_third_time(client, member):
    survey = a_failed(a_campaign(member.workspace), handed_over=2)

    page = text(client.get(reverse("surveys:survey", args=[survey.id])))
    assert "Send again" not in page
    assert "no mail goes out a third time" in page
    assert "Nothing was sent again" in text(one(client, survey))
    assert "Nothing to send again" in text(client.get(reverse("surveys:send_all_again")))
    client.post(reverse("surveys:send_all_again"))
    assert state(survey) == State.PARKED


def test_an_analyst_sends_nothing_again(client):
    member = a_member(role=Role.ANALYST)
    client.force_login(member.user)
    survey = a_failed(a_campaign(member.workspace))

    assert one(client, survey).status_code == 403
    assert client.get(reverse("surveys:send_all_again")).status_code == 403
    assert client.post(reverse("surveys:send_all_again")).status_code == 403
    assert state(survey) == State.PARKED
    assert "Send again" not in text(client.get(reverse("surveys:survey", args=[survey.id])))
    assert "Send failed again" not in text(client.get(reverse("surveys:outbox")))


def test_an_outsider_sends_nothing_again(client, member):
    survey = a_failed(a_campaign())

    assert one(client, survey).status_code == 404
    client.post(reverse("surveys:send_all_again"), {"campaign": str(survey.survey.campaign_id)})
    assert state(survey) == State.PARKED


def test_a_visitor_is_asked_to_sign_in(client):
    survey = a_failed(a_campaign())

    assert client.post(reverse("surveys:send_again", args=[survey.id])).status_code == 302
    assert client.post(reverse("surveys:send_all_again")).status_code == 302
    assert state(survey) == State.PARKED


def test_looking_at_it_sends_nothing(client, member):
    survey = a_failed(a_campaign(member.workspace))

    assert client.get(reverse("surveys:send_again", args=[survey.id])).status_code == 405
    assert client.get(reverse("surveys:send_all_again")).status_code == 200
    assert state(survey) == State.PARKED


# ---- all of a filter


def test_the_question_says_how_many_and_the_answer_queues_those(client, member):
    campaign, other = a_campaign(member.workspace), a_campaign(member.workspace)
    failed = [a_failed(campaign) for _ in range(3)]
    cancelled = a_survey(campaign, state=State.CANCELLED, created_at=timezone.now())
    spared = a_failed(other)

    outbox = client.get(reverse("surveys:outbox"), {"campaign": str(campaign.id)})
    assert "Send failed again" in text(outbox)
    question = client.get(reverse("surveys:send_all_again"), {"campaign": str(campaign.id)})
    assert "Send 3 failed surveys again?" in text(question)
    form = {"campaign": str(campaign.id), "asked_at": question.context["asked_at"]}
    answer = client.post(reverse("surveys:send_all_again"), form, follow=True)

    assert {state(survey) for survey in failed} == {State.QUEUED}
    assert (state(cancelled), state(spared)) == (State.CANCELLED, State.PARKED)
    assert "3 surveys are queued again" in text(answer)
    assert "Send failed again" not in text(answer)


def test_what_was_scheduled_after_the_question_stays(client, member):
    campaign = a_campaign(member.workspace)
    asked_about = a_failed(campaign, created_at=timezone.now() - timedelta(minutes=5))
    later = a_failed(campaign)

    asked_at = (timezone.now() - timedelta(minutes=1)).isoformat()
    client.post(reverse("surveys:send_all_again"), {"asked_at": asked_at})

    assert (state(asked_about), state(later)) == (State.QUEUED, State.PARKED)


def test_thousands_are_queued_in_one_statement(member, django_assert_max_num_queries):
    campaign = a_campaign(member.workspace)
    for _ in range(20):
        a_failed(campaign)

    with django_assert_max_num_queries(4):  # with the wake-up
        assert send_again(Invitation.objects.visible_to(member), member.user_id, NOW) == 20


def test_nothing_to_send_again_is_said(client, member):
    a_survey(a_campaign(member.workspace), created_at=timezone.now())

    assert "Nothing to send again" in text(client.get(reverse("surveys:send_all_again")))


def test_a_page_of_other_statuses_does_not_offer_it(client, member):
    a_failed(a_campaign(member.workspace))

    assert "Send failed again" in text(client.get(reverse("surveys:outbox"), {"status": "failed"}))
    assert "Send failed again" not in text(
        client.get(reverse("surveys:outbox"), {"status": "sent"})
    )
