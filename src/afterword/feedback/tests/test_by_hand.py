from datetime import timedelta

import pytest
from django.urls import reverse

from afterword.audience.later_fields import read_later
from afterword.feedback.answering.answer import record_answer
from afterword.feedback.by_hand import Heard, add, take_back
from afterword.feedback.models import Response, Source
from afterword.feedback.search import Search
from afterword.happenings.models import Happening
from afterword.insights.dashboard import reports
from afterword.insights.rollup import counts_by_score
from afterword.survey_templates.metrics import Metric
from tests.factories import NOW, a_campaign, a_customer, a_member, a_sent_survey

pytestmark = pytest.mark.django_db
LAST_WEEK = NOW - timedelta(days=7)


@pytest.fixture
def member():
    return a_member()


@pytest.fixture
def ann(member):
    return a_customer(member.workspace, first_name="Ann", tags=["vip"])


def heard(score=9, **fields):
    return Heard(Metric.NPS, score, "By telephone", LAST_WEEK, **fields)


def page(client, name, **query):
    return " ".join(client.get(reverse(name), query).content.decode().split())


def test_feedback_that_came_elsewhere_is_kept_with_its_day_and_marked(member, ann):
    campaign = a_campaign(member.workspace)

    response = add(ann, heard(campaign=campaign), NOW)

    assert response.created_at == response.submitted_at == LAST_WEEK
    assert (response.source, response.survey, response.campaign) == (Source.MANUAL, None, campaign)
    assert response.facts_then.facts == {"first_name": "Ann", "tags": ["vip"]}
    assert Happening.objects.get().subject_id == response.id


def test_it_needs_no_campaign_and_is_shown_everywhere(client, member, ann):
    add(ann, heard(), NOW)
    client.force_login(member.user)

    for name in ("feedback:list", "insights:dashboard"):
        assert "Added by hand" in page(client, name)
        assert "No campaign" in page(client, name)


def test_what_does_not_count_is_shown_and_part_of_no_score(client, member, ann):
    add(ann, heard(9), NOW)
    add(ann, heard(0, counts=False), NOW)
    client.force_login(member.user)

    [report] = reports(member, Search(), NOW)

    assert (report.score.score, report.score.total) == (100, 1)
    assert counts_by_score(Response.objects.all()) == {9: 1}
    assert "Not counted" in page(client, "feedback:list")
    assert "Not counted" not in page(client, "feedback:list", counts="yes")
    assert "counts=yes" in page(client, "insights:dashboard")


def test_what_was_added_by_hand_is_part_of_no_response_rate(member, ann):
    survey = a_sent_survey(a_campaign(member.workspace), customer=ann)
    record_answer(survey, 9, "", NOW, submitted=True)
    add(ann, heard(), NOW)

    [report] = reports(member, Search(), NOW)

    assert (report.answered, report.arrived, report.score.total) == (1, 1, 2)


def test_the_last_score_is_one_that_counts(member, ann):
    add(ann, heard(7), NOW)
    add(ann, heard(2, counts=False)._replace(at=NOW), NOW)

    assert read_later(["last_score"], [ann.id]) == {ann.id: {"last_score": 7}}


def test_only_what_was_added_by_hand_can_be_taken_back(member, ann):
    survey = a_sent_survey(a_campaign(member.workspace), customer=ann)
    answer = record_answer(survey, 9, "", NOW, submitted=True)

    assert take_back(add(ann, heard(), NOW))
    assert not take_back(answer)
    assert Response.objects.get() == answer


def test_who_is_deleted_is_still_read_under_the_name_they_had(client, member, ann):
    survey = a_sent_survey(a_campaign(member.workspace), customer=ann)
    record_answer(survey, 9, "", NOW, submitted=True)
    address = ann.email
    ann.delete()
    client.force_login(member.user)

    answers = page(client, "feedback:list")

    assert ">Ann</a>" in answers
    assert "customer deleted" in answers
    assert address in page(client, "surveys:outbox", days="all")
