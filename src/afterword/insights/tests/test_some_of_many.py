"""With filters over many answers the dashboard looks at some, and says so."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from afterword.audience.sql_text import Sql, sql
from afterword.feedback.models import Response, ResponseFacts
from afterword.insights import basis, some
from afterword.insights.some import some_of
from afterword.insights.templatetags.about import rounded
from afterword.workspaces.models import Role
from tests.factories import a_campaign, a_member, a_sent_survey

pytestmark = pytest.mark.django_db

VIP: dict[str, Any] = {"field": "tags", "operator": "includes", "value": "vip", "group": ""}


@pytest.fixture
def member(client):
    member = a_member()
    client.force_login(member.user)
    return member


def answers(member, number, **fields):
    """Make so many, one a minute: of each ten one is 0 and of a vip, the others 10."""
    survey = a_sent_survey(a_campaign(member.workspace), sent_at=timezone.now()).survey
    made = [
        Response(
            workspace=member.workspace,
            campaign=survey.campaign,
            metric="nps",
            score=10 if n % 10 else 0,
            created_at=timezone.now() - timedelta(minutes=n),
            updated_at=timezone.now(),
            **fields,
        )
        for n in range(number)
    ]
    Response.objects.bulk_create(made)
    ResponseFacts.objects.bulk_create(
        ResponseFacts(response=one, facts={} if one.score else {"tags": ["vip"]}) for one in made
    )
    return survey.campaign


def few_at_once(monkeypatch, number):
    monkeypatch.setattr(some, "AT_ONCE", number)


def page(client, **query):
    return client.get(reverse("insights:dashboard"), query)


def text(response):
    return " ".join(response.content.decode().split())


def test_few_are_all_looked_at(client, member):
    answers(member, 20)

    shown = page(client, **VIP)

    [report] = shown.context["reports"]
    assert (report.score.total, report.is_about) == (2, False)
    assert "stimated" not in text(shown)


def test_of_many_some_stand_for_the_others(client, member, monkeypatch):
    answers(member, 1000)
    few_at_once(monkeypatch, 500)

    shown = page(client, **VIP)

    [report] = shown.context["reports"]
    assert report.score.score == -100
    assert report.drawn == pytest.approx(50, abs=25)
    assert report.score.total == report.drawn * 2 == sum(report.counts.values())
    assert sum(week.responses for week in report.weeks) == report.score.total
    assert "Estimated from 500 of about 1,000 answers" in text(shown)
    assert f"about {rounded(report.score.total)} answers</a>, score ± " in text(shown)
    assert report.margin == pytest.approx(196 / report.drawn**0.5)


def test_all_of_them_are_counted_for_who_wants_it(client, member, monkeypatch):
    answers(member, 100)
    few_at_once(monkeypatch, 40)

    shown = page(client, **VIP, exact="yes")

    [report] = shown.context["reports"]
    assert (report.score.total, report.is_about) == (10, False)
    assert "All answers are counted." in text(shown)
    assert "exact=yes" in text(page(client, **VIP))


def test_too_few_that_were_drawn_say_no_score(client, member, monkeypatch):
    answers(member, 100)
    few_at_once(monkeypatch, 60)

    shown = page(client, **VIP)

    [report] = shown.context["reports"]
    assert not report.is_told
    assert report.most > 10
    assert "too few were drawn to tell a score" in text(shown)
    assert 'class="metric-number"' not in text(shown)


def test_where_none_was_drawn_the_page_does_not_say_there_is_none(client, member, monkeypatch):
    answers(member, 100)
    few_at_once(monkeypatch, 40)

    shown = page(client, **{**VIP, "value": "nobody"})

    assert "There may be a few: count all of them" in text(shown)


def test_the_latest_are_looked_for_among_the_newest(client, member, monkeypatch):
    answers(member, 100)
    few_at_once(monkeypatch, 40)
    monkeypatch.setattr(basis, "NEWEST", 25)

    latest = list(page(client, **VIP).context["latest"])

    assert [one.score for one in latest] == [0, 0, 0]
    assert latest == sorted(latest, key=lambda one: one.created_at, reverse=True)


def test_without_filters_everything_is_counted(client, member, monkeypatch):
    answers(member, 100)
    few_at_once(monkeypatch, 40)

    [report] = page(client).context["reports"]

    assert (report.score.total, report.is_about) == (100, False)


def test_the_course_is_drawn_from_its_own_weeks(client, member, monkeypatch):
    answers(member, 200)
    Response.objects.filter(score=10).update(created_at=timezone.now() - timedelta(weeks=30))
    few_at_once(monkeypatch, 50)

    [report] = page(client, **VIP).context["reports"]

    assert sum(week.responses for week in report.weeks) == 20


def test_what_is_not_known_is_estimated_too(client, member, monkeypatch):
    answers(member, 100)
    ResponseFacts.objects.all().delete()
    few_at_once(monkeypatch, 40)

    assert page(client, **VIP).context["not_known"] == 100


def test_the_same_rows_are_drawn_again_and_none_of_another_workspace(member, monkeypatch):
    answers(member, 100)
    answers(a_member(), 100)
    few_at_once(monkeypatch, 30)
    rows = Response.objects.visible_to(member)
    scope = sql("workspace_id = {}", member.workspace_id)

    once, again = some_of(rows, scope), some_of(rows, scope)

    assert set(once.rows) == set(again.rows) <= set(rows)
    assert once.drawn == 30
    assert once.total == pytest.approx(100)


def test_of_a_large_table_some_pages_are_read(member, monkeypatch):
    answers(member, 2000)
    few_at_once(monkeypatch, 300)
    monkeypatch.setattr(some, "PAGES", (20,))
    monkeypatch.setattr(some, "_TOO_FEW", 100)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size('feedback_response') / 8192")
        [pages] = cursor.fetchone()
        cursor.execute("ANALYZE feedback_response")

    found = some_of(Response.objects.visible_to(member), Sql("TRUE"))

    assert pages > 20
    assert found.drawn == found.rows.count()
    assert found.total == pytest.approx(2000, rel=0.2)


def test_a_small_part_of_a_large_table_is_counted_whole(member, monkeypatch):
    """All of it may stand on pages of which none is drawn."""
    answers(a_member(), 1000)
    answers(member, 50)
    few_at_once(monkeypatch, 40)
    monkeypatch.setattr(some, "PAGES", (1, 2))
    scope = sql("workspace_id = {}", member.workspace_id)

    found = some_of(Response.objects.visible_to(member), scope)

    assert found.is_all
    assert found.rows.count() == 50


def test_an_analyst_sees_the_same(client, member, monkeypatch):
    answers(member, 100)
    few_at_once(monkeypatch, 40)
    client.force_login(a_member(member.workspace, role=Role.ANALYST).user)

    assert "Estimated from 40 of about 100" in text(page(client, **VIP))


@pytest.mark.parametrize(("number", "said"), [(0, "0"), (7.4, "7"), (123_456, "120,000")])
def test_a_rough_number_has_two_digits(number, said):
    assert rounded(number) == said
    assert rounded(number, False) == f"{number:,.0f}"
