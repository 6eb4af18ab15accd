import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from afterword.feedback.answering.answer import record_answer
from afterword.feedback.search import Search
from afterword.insights.basis import WEEKS
from afterword.insights.dashboard import reports
from afterword.survey_templates.metrics import Metric
from afterword.workspaces.models import Role
from tests.factories import (
    NOW,
    a_campaign,
    a_member,
    a_sent_reminder_of,
    a_sent_survey,
    a_workspace,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    member = a_member()
    client.force_login(member.user)
    return member


def an_answer(campaign, score, comment="", at=NOW):
    return record_answer(a_sent_survey(campaign, sent_at=at), score, comment, at, submitted=True)


def page(client, **query):
    return client.get(reverse("insights:dashboard"), query)


def test_the_score_is_worked_out_with_its_answers_and_its_response_rate():
    member = a_member()
    campaign = a_campaign(member.workspace)
    for score in (10, 9, 9, 7, 3):
        an_answer(campaign, score)
    a_sent_survey(campaign)

    (report,) = reports(member, Search(), NOW)

    assert (report.metric, report.score.score, report.score.total) == (Metric.NPS, 40, 5)
    assert report.counts == {10: 1, 9: 2, 7: 1, 3: 1}
    assert (report.answered, report.arrived, report.response_rate) == (5, 6, 83)
    assert [(share.label, share.percent) for share in report.shares] == [
        ("Promoter", 60),
        ("Passive", 20),
        ("Detractor", 20),
    ]


def test_the_response_rate_leaves_out_reminders_and_what_bounced():
    campaign = a_campaign((member := a_member()).workspace)
    an_answer(campaign, 10)
    ignored = a_sent_survey(campaign)
    a_sent_reminder_of(ignored)
    a_sent_survey(campaign, state="bounced", bounced_at=NOW)

    (report,) = reports(member, Search(), NOW)

    assert (report.answered, report.arrived, report.response_rate) == (1, 2, 50)


def test_each_metric_with_answers_has_its_report():
    member = a_member()
    an_answer(a_campaign(member.workspace, Metric.STAR), 4)
    an_answer(a_campaign(member.workspace, Metric.CSAT), 5)
    a_sent_survey(a_campaign(member.workspace, Metric.CES))

    found = {report.metric: report.score.score for report in reports(member, Search(), NOW)}

    assert found == {Metric.CSAT: 100, Metric.STAR: 4.0}


def test_campaign_and_period_narrow_everything():
    member = a_member()
    one, other = a_campaign(member.workspace), a_campaign(member.workspace)
    an_answer(one, 10)
    an_answer(one, 0, at=NOW - timedelta(days=8))
    an_answer(other, 0)

    (of_one,) = reports(member, Search(campaign_id=one.id), NOW)
    (of_week,) = reports(member, Search(campaign_id=one.id, days=7), NOW)

    assert (of_one.score.total, of_one.arrived) == (2, 2)
    assert (of_week.score.score, of_week.score.total, of_week.arrived) == (100, 1, 1)


def test_weeks_begin_on_monday_where_the_workspace_is():
    member = a_member(a_workspace(time_zone="Pacific/Auckland"))
    campaign = a_campaign(member.workspace)
    sunday_in_utc_monday_there = datetime(2026, 11, 15, 12, 0, tzinfo=UTC)
    an_answer(campaign, 10, at=sunday_in_utc_monday_there)
    an_answer(campaign, 0, at=sunday_in_utc_monday_there - timedelta(days=7))

    (report,) = reports(member, Search(), sunday_in_utc_monday_there + timedelta(days=3))

    weeks = {week.starts.isoformat(): week.score for week in report.weeks if week.responses}
    assert len(report.weeks) == WEEKS
    assert weeks == {"2026-11-09": -100, "2026-11-16": 100}
    assert report.has_course


def test_another_workspace_does_not_count():
    an_answer(a_campaign(), 10)

    assert reports(a_member(), Search(), NOW) == []


def test_the_dashboard_costs_three_queries_however_much_there_is(django_assert_num_queries):
    member = a_member()
    for metric in Metric:
        campaign = a_campaign(member.workspace, metric)
        for score in (1, 5):
            an_answer(campaign, score)

    with django_assert_num_queries(3):
        reports(member, Search(), NOW)


# ---- the page


@pytest.mark.parametrize("role", list(Role))
def test_every_member_sees_the_score_and_the_answers(client, role):
    member = a_member(role=role)
    client.force_login(member.user)
    campaign = a_campaign(member.workspace, name="After an order")
    an_answer(campaign, 9, "</script><b>Lovely</b>", timezone.now())

    html = page(client).content.decode()

    assert re.search(r'metric-number"><a href="/feedback\?metric=nps&amp;counts=yes">100</a>', html)
    assert "&lt;/script&gt;&lt;b&gt;Lovely" in html
    assert "100 % answered of 1 survey that did not bounce" in html
    found = re.search(r'id="nps"[^>]*>(.*?)</script>', html)
    assert found
    picture = json.loads(found[1])
    assert picture["counts"] == [0] * 9 + [1, 0]


def test_numbers_lead_to_what_they_count_within_the_filters(client, member):
    campaign = a_campaign(member.workspace)
    an_answer(campaign, 9, at=timezone.now())

    html = page(client, campaign=str(campaign.id), days="30").content.decode()

    address = f"/feedback?campaign={campaign.id}&amp;days=30&amp;metric=nps&amp;bucket=promoter"
    address += "&amp;counts=yes"
    assert address in html
    counted = client.get(address.replace("&amp;", "&"))
    assert len(counted.context["responses"]) == 1


def test_an_outsider_sees_none_of_it(client, member):
    an_answer(a_campaign(name="Secret"), 9, "Secret")

    assert "Secret" not in page(client).content.decode()


def test_a_visitor_is_asked_to_sign_in(client):
    assert page(client).status_code == 302


def test_junk_in_the_filters_is_left_out(client, member):
    an_answer(a_campaign(member.workspace), 9)

    assert "metric-number" in page(client, campaign="x", days="x", metric="csat").content.decode()


@pytest.mark.parametrize(
    ("campaign", "next_step"),
    [
        (None, "New campaign"),
        ({"activated_at": None}, "No campaign asks anybody yet"),
        ({}, "curl "),
    ],
)
def test_an_empty_dashboard_says_what_to_do_next(client, member, campaign, next_step):
    if campaign is not None:
        a_campaign(member.workspace, **campaign)

    assert next_step in page(client).content.decode()


def test_a_filter_that_finds_nothing_says_so(client, member):
    campaign = a_campaign(member.workspace)

    assert "No answers here" in page(client, campaign=str(campaign.id)).content.decode()
