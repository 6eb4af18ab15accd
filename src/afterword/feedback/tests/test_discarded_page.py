from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from afterword.feedback.answering.answer import record_answer
from afterword.feedback.hits.discarded import count_discarded
from afterword.feedback.hits.judge import Judgement
from afterword.feedback.models import Hit, HitKind, Response
from afterword.survey_templates.metrics import Metric
from afterword.workspaces.models import Role
from tests.factories import a_campaign, a_member, a_sent_reminder_of, a_sent_survey, reload

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    member = a_member()
    client.force_login(member.user)
    return member


def a_hit(survey, score=9, minutes=2, **fields):
    return Hit.objects.create(
        **{
            "workspace_id": survey.workspace_id,
            "invitation": survey,
            "at": timezone.now() - timedelta(minutes=minutes),
            "kind": HitKind.PAGE,
            "method": "GET",
            "score": score,
            **fields,
        }
    )


def discarded(client, **query):
    return client.get("/feedback/hits", query).context["groups"]


def accept(client, survey, score=9):
    address = f"/feedback/hits/{survey.id}/acceptance"
    return client.post(address, {"score": score}, follow=True)


def test_what_nobody_confirmed_is_shown_with_why(client, member):
    survey = a_sent_survey(a_campaign(member.workspace, name="After an order"))
    a_hit(survey, 3, judgement=Judgement.TWO_SCORES, agent="Scanner <1>")
    a_hit(survey, 9, judgement=Judgement.TWO_SCORES)
    a_hit(survey, 9)

    [group] = discarded(client)
    html = client.get("/feedback/hits").content.decode()

    assert group.scores == [3, 9]
    assert group.reasons == [Judgement.TWO_SCORES.label, Judgement.NO_ASSETS.label]
    assert survey.survey.email in html
    assert "Scanner &lt;1&gt;" in html
    assert "After an order" in html


def test_a_page_that_was_shown_says_so(client, member):
    a_hit(a_sent_survey(a_campaign(member.workspace)), shown_at=timezone.now())

    assert "The page was shown, but nobody confirmed" in client.get("/feedback/hits").text


def test_what_is_an_answer_or_may_become_one_is_not_discarded(client, member):
    campaign = a_campaign(member.workspace)
    answered, confirmed, fresh = (a_sent_survey(campaign) for _ in range(3))
    reminded = a_sent_survey(campaign)
    reminder = a_sent_reminder_of(reminded)
    a_hit(answered)
    a_hit(reminder)
    record_answer(answered, 9, None, timezone.now(), submitted=True)
    record_answer(reminded, 9, None, timezone.now(), submitted=True)
    a_hit(confirmed, confirmed_at=timezone.now())
    a_hit(fresh, minutes=0)
    a_hit(a_sent_survey(campaign), None)
    a_hit(a_sent_survey(campaign), None, kind=HitKind.TRAP)

    assert discarded(client) == []
    assert count_discarded(member, timezone.now()) == 0


def test_each_survey_is_shown_once_the_last_fetched_first(client, member):
    campaign, other = a_campaign(member.workspace), a_campaign(member.workspace)
    first, second = a_sent_survey(campaign), a_sent_survey(other)
    for minutes in (5, 3):
        a_hit(first, minutes=minutes)
        a_hit(second, minutes=minutes + 1)

    assert [group.invitation for group in discarded(client)] == [first, second]
    assert [group.invitation for group in discarded(client, campaign=str(other.id))] == [second]
    assert count_discarded(member, timezone.now()) == 2


def test_more_than_a_page_follows_on_the_next(client, member):
    campaign = a_campaign(member.workspace)
    for number in range(52):
        a_hit(a_sent_survey(campaign), minutes=number + 2)

    page = client.get("/feedback/hits")
    rest = discarded(client, after=page.context["after"])

    assert (len(page.context["groups"]), len(rest)) == (50, 2)


def test_many_cost_as_many_queries_as_one(client, member, django_assert_max_num_queries):
    campaign = a_campaign(member.workspace)
    for _ in range(12):
        a_hit(a_sent_survey(campaign))

    with django_assert_max_num_queries(9):
        client.get("/feedback/hits")


def test_the_feedback_page_counts_them_and_shows_none(client, member):
    survey = a_sent_survey(a_campaign(member.workspace))
    a_hit(survey)

    page = client.get("/feedback")

    assert page.context["discarded"] == 1
    assert list(page.context["responses"]) == []
    assert '"/feedback/hits"' in page.text


def test_a_score_that_is_accepted_is_the_answer(client, member):
    survey = a_sent_survey(a_campaign(member.workspace))
    a_hit(survey, 3)
    hit = a_hit(survey, 9)

    page = accept(client, survey)

    response = Response.objects.get()
    hit.refresh_from_db()
    survey = reload(survey)
    assert (response.score, response.is_partial, response.submitted_at) == (9, True, None)
    assert (hit.accepted_at, hit.accepted_by) == (response.created_at, member.user)
    assert survey.answered_at
    assert "9 is the answer now" in page.text
    assert discarded(client) == []


def test_the_customer_may_still_change_what_was_accepted(client, member):
    survey = a_sent_survey(a_campaign(member.workspace))
    a_hit(survey, 9)
    accept(client, survey)

    record_answer(survey, 2, "No!", timezone.now(), submitted=True)

    assert Response.objects.get().score == 2


def test_who_answered_meanwhile_keeps_their_answer(client, member):
    survey = a_sent_survey(a_campaign(member.workspace))
    a_hit(survey, 9)
    record_answer(survey, 2, None, timezone.now(), submitted=True)

    page = accept(client, survey)

    assert "answered meanwhile" in page.text
    assert Response.objects.get().score == 2
    assert Hit.objects.get().accepted_at is None


@pytest.mark.parametrize("score", ["8", "99", "x", ""])
def test_only_a_score_that_was_fetched_can_be_accepted(client, member, score):
    survey = a_sent_survey(a_campaign(member.workspace))
    a_hit(survey, 9)

    assert "Nothing was changed" in accept(client, survey, score).text
    assert not Response.objects.exists()


def test_a_score_is_accepted_on_its_own_scale(client, member):
    survey = a_sent_survey(a_campaign(member.workspace, Metric.CSAT))
    a_hit(survey, 5)

    accept(client, survey, 5)

    assert Response.objects.get().score == 5


@pytest.mark.parametrize("role", Role)
def test_every_member_sees_them_and_who_may_change_accepts(role):
    member = a_member(role=role)
    client = Client()
    client.force_login(member.user)
    survey = a_sent_survey(a_campaign(member.workspace))
    a_hit(survey)

    page = client.get("/feedback/hits")
    answer = accept(client, survey)

    assert page.status_code == 200
    assert ("Accept 9 as the answer" in page.text) is role.may_change
    assert answer.status_code == (200 if role.may_change else 403)
    assert Response.objects.exists() is role.may_change


def test_an_outsider_sees_and_accepts_nothing(client, member):
    survey = a_sent_survey()
    a_hit(survey)

    assert discarded(client) == []
    assert discarded(client, campaign=str(survey.survey.campaign_id)) == []
    assert count_discarded(member, timezone.now()) == 0
    assert accept(client, survey).status_code == 404
    assert not Response.objects.exists()


@pytest.mark.parametrize("address", ["/feedback/hits", "/feedback/hits/{}/acceptance"])
def test_a_visitor_is_asked_to_sign_in(address):
    survey = a_sent_survey()
    client = Client()
    ask = client.post if address.endswith("acceptance") else client.get

    assert ask(address.format(survey.id)).status_code == 302


def test_an_empty_page_says_so(client, member):
    assert "Nothing was discarded" in client.get("/feedback/hits").text
