from datetime import timedelta

import pytest
from django.test import Client

from afterword.feedback.answering.answer import record_answer
from afterword.feedback.by_hand import Heard, add
from afterword.feedback.models import Response
from afterword.feedback.own_people.recount import change_own_people
from afterword.feedback.risk.judge_due import judge_customers
from afterword.feedback.risk.models import AtRisk
from afterword.insights.rollup import counts_by_score
from afterword.survey_templates.metrics import Metric
from afterword.workspaces.models import Role
from tests.factories import NOW, a_campaign, a_customer, a_member, a_sent_survey

pytestmark = pytest.mark.django_db
PAGE = "/settings/own-people"


@pytest.fixture
def member():
    return a_member()


@pytest.fixture
def answered(member):
    """Answer by somebody who has the address; return the response."""
    campaign = a_campaign(member.workspace)

    def answer(email, score=9):
        survey = a_sent_survey(campaign, customer=a_customer(member.workspace, email=email))
        return record_answer(survey, score, "", NOW, submitted=True)

    return answer


def signed_in(member):
    client = Client()
    client.force_login(member.user)
    return client


def counted():
    rows = Response.objects.filter(counts=True).order_by("email")
    return list(rows.values_list("email", flat=True))


def test_what_our_own_people_answer_is_kept_and_does_not_count(member, answered):
    change_own_people(member.workspace, ["acme.test"])

    answered("ann@acme.test", 0)
    answered("bob@example.com", 9)

    assert Response.objects.count() == 2
    assert counts_by_score(Response.objects.all()) == {9: 1}


def test_the_list_holds_for_the_past_and_can_be_taken_back(member, answered):
    for email in ("ann@acme.test", "bob@eu.acme.test", "cy@example.com", "dee@notacme.test"):
        answered(email)
    answered_all = counted()

    change_own_people(member.workspace, ["acme.test", "*.acme.test", "cy@example.com"])
    assert counted() == ["dee@notacme.test"]
    change_own_people(member.workspace, ["*.acme.test", "ann@acme.test"])
    assert counted() == ["cy@example.com", "dee@notacme.test"]
    change_own_people(member.workspace, [])
    assert counted() == answered_all


def test_who_is_at_risk_follows_what_counts(member, answered):
    change_own_people(member.workspace, ["acme.test"])
    answered("ann@acme.test", 0)
    later = NOW + timedelta(days=1)
    judge_customers(later)
    assert not AtRisk.objects.exists()

    change_own_people(member.workspace, [])
    judge_customers(later)

    assert AtRisk.objects.exists()


def test_what_a_member_added_by_hand_counts_as_they_said(member):
    customer = a_customer(member.workspace, email="ann@acme.test")
    add(customer, Heard(Metric.NPS, 9, "", NOW), NOW)

    change_own_people(member.workspace, ["acme.test"])

    assert counted() == ["ann@acme.test"]


def test_another_workspaces_answers_are_left_alone(answered):
    answered("ann@acme.test")

    change_own_people(a_member().workspace, ["acme.test"])

    assert counted() == ["ann@acme.test"]


def test_the_page_saves_patterns_in_their_one_spelling(member):
    client = signed_in(member)

    client.post(PAGE, {"patterns": " @Acme.test \n*.acme.test\nAnn@Example.com\nacme.test"})

    member.workspace.refresh_from_db()
    assert member.workspace.own_people == ["*.acme.test", "acme.test", "ann@example.com"]
    assert b"ann@example.com" in client.get(PAGE).content


@pytest.mark.parametrize(
    ("text", "said"), [("not a domain", "is not a domain"), ("a@b", "is not an e-mail address")]
)
def test_what_is_no_pattern_is_refused_at_its_field(member, text, said):
    answer = signed_in(member).post(PAGE, {"patterns": text})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert text in answer.content.decode()


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.OWNER, 200), (Role.ADMIN, 200), (Role.MEMBER, 403), (Role.ANALYST, 403)],
)
def test_owners_and_admins_say_who_they_are(role, status):
    client = signed_in(a_member(role=role))

    assert client.get(PAGE).status_code == status
    assert client.post(PAGE, {"patterns": ""}, follow=True).status_code == status
    assert Client().get(PAGE).status_code == 302
