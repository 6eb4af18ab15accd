import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from afterword.sending.models import Mail, State
from afterword.surveys.cancel import cancel
from afterword.surveys.models import Invitation
from afterword.workspaces.models import Role
from tests.factories import NOW, a_campaign, a_member, a_survey, mail_of, reload

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    member = a_member()
    client.force_login(member.user)
    return member


def text(response):
    return " ".join(response.content.decode().split())


def one(client, survey):
    return client.post(reverse("surveys:cancel", args=[survey.id]), follow=True)


def state(survey):
    return mail_of(survey).state


# ---- one


@pytest.mark.parametrize("waits", [State.QUEUED, State.HELD])
def test_a_survey_that_waits_is_cancelled(client, member, waits):
    survey = a_survey(a_campaign(member.workspace), state=waits)

    shown = text(one(client, survey))

    survey = reload(survey)
    assert mail_of(survey).state == State.CANCELLED
    assert mail_of(survey).cancelled_at
    assert mail_of(survey).detail == {"by": str(member.user_id)}
    assert "will not be sent" in shown
    assert f"By {member.user}" in shown


@pytest.mark.parametrize("other", [s for s in State if s not in {State.QUEUED, State.HELD}])
def test_what_is_being_sent_or_settled_is_left_alone(client, member, other):
    survey = a_survey(a_campaign(member.workspace), state=other, detail={"kept": 1})

    shown = text(one(client, survey))

    survey = reload(survey)
    assert (mail_of(survey).state, mail_of(survey).detail) == (other, {"kept": 1})
    assert "too late to cancel" in shown


def test_an_analyst_cancels_nothing(client):
    member = a_member(role=Role.ANALYST)
    client.force_login(member.user)
    survey = a_survey(a_campaign(member.workspace))

    assert one(client, survey).status_code == 403
    assert client.get(reverse("surveys:cancel_all")).status_code == 403
    assert client.post(reverse("surveys:cancel_all")).status_code == 403
    assert state(survey) == State.QUEUED
    page = client.get(reverse("surveys:survey", args=[survey.id]))
    assert "Cancel the survey" not in text(page)


def test_an_outsider_cancels_nothing(client, member):
    survey = a_survey()

    assert one(client, survey).status_code == 404
    client.post(
        reverse("surveys:cancel_all"), {"days": "all", "campaign": str(survey.survey.campaign_id)}
    )
    assert state(survey) == State.QUEUED


def test_a_visitor_is_asked_to_sign_in(client):
    survey = a_survey()

    answer = client.post(reverse("surveys:cancel", args=[survey.id]))

    assert answer.status_code == 302
    assert state(survey) == State.QUEUED


def test_looking_at_it_cancels_nothing(client, member):
    survey = a_survey(a_campaign(member.workspace))

    assert client.get(reverse("surveys:cancel", args=[survey.id])).status_code == 405
    assert client.get(reverse("surveys:cancel_all"), {"days": "all"}).status_code == 200
    assert state(survey) == State.QUEUED


# ---- all of a filter


def test_the_question_says_how_many_and_the_answer_cancels_those(client, member):
    campaign, other = a_campaign(member.workspace), a_campaign(member.workspace)
    waiting = [a_survey(campaign, created_at=timezone.now()) for _ in range(3)]
    sending = a_survey(campaign, state=State.CLAIMED, created_at=timezone.now())
    spared = a_survey(other, created_at=timezone.now())

    question = client.get(reverse("surveys:cancel_all"), {"campaign": str(campaign.id)})
    assert "Cancel 3 surveys?" in text(question)
    form = {"campaign": str(campaign.id), "asked_at": question.context["asked_at"]}
    answer = client.post(reverse("surveys:cancel_all"), form, follow=True)

    assert {state(survey) for survey in waiting} == {State.CANCELLED}
    assert (state(sending), state(spared)) == (State.CLAIMED, State.QUEUED)
    assert "3 surveys are cancelled" in text(answer)
    assert answer.redirect_chain[-1][0].endswith(f"/outbox?campaign={campaign.id}")


def test_what_was_scheduled_after_the_question_stays(client, member):
    campaign = a_campaign(member.workspace)
    asked_about = a_survey(campaign, created_at=timezone.now() - timedelta(minutes=5))
    later = a_survey(campaign, created_at=timezone.now())

    asked_at = (timezone.now() - timedelta(minutes=1)).isoformat()
    client.post(reverse("surveys:cancel_all"), {"asked_at": asked_at})

    assert (state(asked_about), state(later)) == (State.CANCELLED, State.QUEUED)


def test_thousands_are_cancelled_in_one_statement(member, django_assert_num_queries):
    campaign = a_campaign(member.workspace)
    for _ in range(20):
        a_survey(campaign)

    with django_assert_num_queries(1):
        assert cancel(Invitation.objects.visible_to(member), member.user_id, NOW) == 20


def test_nothing_to_cancel_is_said(client, member):
    a_survey(a_campaign(member.workspace), state=State.CLAIMED, created_at=timezone.now())

    assert "Nothing to cancel" in text(client.get(reverse("surveys:cancel_all")))


# ---- against a worker


@pytest.mark.django_db(transaction=True)
def test_a_survey_that_a_worker_is_just_claiming_is_not_cancelled():
    survey = a_survey()
    cancelled = []

    def cancel_it():
        cancelled.append(cancel(Invitation.objects.filter(id=survey.id), uuid4(), NOW))
        connection.close()

    with transaction.atomic():
        # when a worker holds the row's lock, and commits while the cancelling waits for it
        Mail.objects.select_for_update().get(id=survey.id)
        thread = threading.Thread(target=cancel_it)
        thread.start()
        thread.join(0.3)
        Mail.objects.filter(id=survey.id).update(state=State.CLAIMED)
    thread.join()

    assert cancelled == [0]
    assert state(survey) == State.CLAIMED
