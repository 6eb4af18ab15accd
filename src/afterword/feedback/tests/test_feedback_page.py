from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from afterword.feedback.answering.answer import record_answer
from afterword.survey_templates.metrics import Metric
from afterword.workspaces.models import Role
from tests.factories import a_campaign, a_member, a_sent_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    member = a_member()
    client.force_login(member.user)
    return member


def an_answer(campaign, score, comment="", days_ago=0):
    at = timezone.now() - timedelta(days=days_ago)
    return record_answer(a_sent_survey(campaign), score, comment, at, submitted=True)


def found(client, **query):
    return list(client.get(reverse("feedback:list"), query).context["responses"])


@pytest.mark.parametrize("role", list(Role))
def test_every_member_reads_the_feedback(client, role):
    member = a_member(role=role)
    client.force_login(member.user)
    an_answer(a_campaign(member.workspace), 9, "Lovely <b>thing</b>")

    html = client.get(reverse("feedback:list")).content.decode()

    assert "Lovely &lt;b&gt;thing" in html
    assert "Promoter" in html


def test_only_a_score_alone_is_called_that(client, member):
    campaign = a_campaign(member.workspace)
    answer = an_answer(campaign, 9)
    alone = client.get(reverse("feedback:list")).content.decode()

    answer.answers = {"why": "Because"}
    answer.save()
    with_more = client.get(reverse("feedback:list")).content.decode()

    assert "Score only" in alone
    assert "Because" in with_more
    assert "Score only" not in with_more


def test_an_outsider_reads_nothing(client, member):
    campaign = a_campaign()
    an_answer(campaign, 9)

    assert found(client) == []
    assert found(client, campaign=str(campaign.id)) == []


def test_a_visitor_is_asked_to_sign_in(client):
    assert client.get(reverse("feedback:list")).status_code == 302


def test_answers_are_found_by_what_the_dashboard_counts(client, member):
    nps = a_campaign(member.workspace)
    csat = a_campaign(member.workspace, Metric.CSAT)
    promoter, passive = an_answer(nps, 9), an_answer(nps, 7, days_ago=40)
    satisfied = an_answer(csat, 4)

    assert found(client) == [satisfied, promoter, passive]
    assert found(client, metric="nps") == [promoter, passive]
    assert found(client, bucket="promoter") == [satisfied, promoter]
    assert found(client, metric="nps", bucket="detractor") == []
    assert found(client, score="7") == [passive]
    assert found(client, campaign=str(csat.id)) == [satisfied]
    assert found(client, days="30") == [satisfied, promoter]


def test_what_cannot_be_asked_is_left_out(client, member):
    answer = an_answer(a_campaign(member.workspace), 9)

    assert found(client, metric="x", bucket="x", score="x", campaign="x", days="31") == [answer]
    assert found(client, campaign=str(uuid4())) == []


def test_many_answers_cost_as_many_queries_as_one(client, member, django_assert_max_num_queries):
    campaign = a_campaign(member.workspace)
    for _ in range(12):
        an_answer(campaign, 9)

    with django_assert_max_num_queries(9):
        client.get(reverse("feedback:list"))


def test_an_empty_page_says_what_to_do(client, member):
    html = client.get(reverse("feedback:list")).content.decode()

    assert "No answers yet" in html


def test_an_answer_that_was_changed_shows_what_it_said_before(client, member):
    survey = a_sent_survey(a_campaign(member.workspace))
    for score, comment in ((3, "Bad <i>thing</i>"), (8, "Better")):
        record_answer(survey, score, comment, timezone.now(), submitted=True)

    html = client.get(reverse("feedback:list")).content.decode()

    assert "Before: <strong>3</strong> <q" in html
    assert "Bad &lt;i&gt;thing&lt;/i&gt;" in html
