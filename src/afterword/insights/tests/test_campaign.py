"""A campaign's own page."""

import pytest
from django.test import Client

from afterword import flow
from afterword.campaigns.models import Channel
from afterword.feedback.answering.answer import record_answer
from tests.factories import NOW, a_campaign, a_member, a_sent_survey, a_survey, a_track

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return a_member()


@pytest.fixture
def client(member):
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def campaign(member):
    return a_campaign(member.workspace, name="After an order")


def page(client, campaign):
    return client.get(f"/campaigns/{campaign.id}/results")


def test_it_shows_score_answers_and_what_waits_of_this_campaign_alone(client, campaign):
    other = a_campaign(campaign.workspace)
    for which, score in ((campaign, 9), (campaign, 3), (other, 0)):
        record_answer(a_sent_survey(which), score, f"said {score}", NOW, submitted=True)
    a_survey(campaign, email="later@example.com")
    a_survey(other, email="other@example.com")

    answer = page(client, campaign)

    content = answer.content.decode()
    assert answer.context["report"].score.score == 0
    assert "said 9" in content
    assert "said 3" in content
    assert "said 0" not in content
    assert answer.context["waiting"] == 1
    assert "later@example.com" in content
    assert "other@example.com" not in content


def test_only_surveys_that_go_by_mail_are_said_not_to_bounce(client, campaign):
    record_answer(a_sent_survey(campaign), 9, None, NOW, submitted=True)
    assert "of 1 survey that did not bounce" in page(client, campaign).content.decode()

    campaign.channel = Channel.LINK
    campaign.save()
    content = page(client, campaign).content.decode()
    assert "100 % answered of 1 survey<" in content
    assert "did not bounce" not in content


def test_it_leads_to_what_is_behind_it(client, campaign):
    content = page(client, campaign).content.decode()

    for address in ("/feedback?campaign=", "/outbox?campaign=", "/events?campaign="):
        assert f'href="{address}{campaign.id}' in content
    assert f'href="/campaigns/{campaign.id}"' in content


def test_without_answers_it_says_what_to_do(client, campaign):
    assert "It waits for its first event" in page(client, campaign).content.decode()

    a_track(campaign.workspace)
    flow.process_events(campaign.workspace_id, NOW)
    assert "Nobody has answered yet" in page(client, campaign).content.decode()

    campaign.activated_at, campaign.service = None, ""
    campaign.save()
    assert "See what is missing" in page(client, campaign).content.decode()


def test_it_costs_the_same_however_much_there_is(client, campaign, django_assert_max_num_queries):
    for score in range(8):
        record_answer(a_sent_survey(campaign), score, None, NOW, submitted=True)
        a_survey(campaign)

    with django_assert_max_num_queries(14):
        page(client, campaign)
