import pytest
from django.test import Client

from afterword.survey_templates.checks import problems
from afterword.survey_templates.gallery import STARTS, fresh_template, starts_for
from afterword.survey_templates.letters.compose import Links, compile_mail
from afterword.survey_templates.letters.of_version import SOMEBODY, design_of
from afterword.survey_templates.look import Look
from afterword.survey_templates.metrics import SCALES, Metric
from afterword.workspaces.models import Workspace
from tests.factories import a_member, a_template


@pytest.mark.parametrize("start", STARTS, ids=lambda start: start.key)
def test_each_start_could_be_sent_as_it_is(start):
    assert problems(start.document, SCALES[start.metric], properties=[]) == []

    mail = compile_mail(design_of(start.document, Look(company="Acme"), start.metric))
    html = mail.render(SOMEBODY, Links("https://a.test/s", "https://a.test/u")).html

    assert start.document.question in html
    assert len(html) < 100_000


@pytest.mark.parametrize("metric", Metric)
def test_each_metric_has_some_and_a_plain_one(metric):
    assert len(starts_for(metric)) >= 2
    assert problems(fresh_template(Workspace(name="Acme"), metric).said, SCALES[metric]) == []


@pytest.mark.django_db
def test_a_start_is_chosen_before_the_form():
    client = Client()
    client.force_login(a_member().user)

    choice = client.get("/templates/new?metric=csat&back=/campaigns").content.decode()
    form = client.get("/templates/new?metric=csat&start=support").context["form"]

    assert "metric=csat&amp;back=%2Fcampaigns&amp;start=support" in choice
    assert form["question"].value() == "How satisfied are you with the help you got?"


@pytest.mark.django_db
def test_the_second_template_of_a_start_can_be_told_from_the_first():
    client, member = Client(), a_member()
    client.force_login(member.user)
    address = "/templates/new?metric=nps&start=order"
    first = client.get(address).context["form"]["name"].value()
    a_template(member.workspace, name=first.upper())

    second = client.get(address).context["form"]["name"].value()

    assert second == f"{first} 2"
