"""The list of campaigns, and what can be done with one: copy, archive, labels."""

from datetime import timedelta

import pytest
from django.test import Client

from afterword import flow
from afterword.campaigns.models import Campaign, Reminder
from afterword.decisions.models import Decision
from afterword.events.models import Event
from afterword.feedback.answering.answer import record_answer
from afterword.survey_templates.metrics import Metric
from tests.factories import NOW, a_campaign, a_member, a_sent_survey, a_survey, a_track

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return a_member()


@pytest.fixture
def workspace(member):
    return member.workspace


@pytest.fixture
def client(member):
    client = Client()
    client.force_login(member.user)
    return client


def saved(campaign):
    return Campaign.objects.get(id=campaign.id)


def answered(campaign, *scores):
    for score in scores:
        record_answer(a_sent_survey(campaign), score, None, NOW, submitted=True)


def figures(client, address="/campaigns"):
    return {row.campaign.name: row.figures for row in client.get(address).context["rows"]}


def names(client, address):
    return [row.campaign.name for row in client.get(address).context["rows"]]


# ---- what it shows


def test_it_shows_what_each_campaign_brought(client, workspace):
    campaign = a_campaign(workspace, Metric.CSAT, name="Asked")
    answered(campaign, 5, 5, 2)
    a_sent_survey(campaign)
    a_survey(campaign)
    a_campaign(workspace, name="New")

    found = figures(client)

    asked, new = found["Asked"], found["New"]
    assert (asked.sent, asked.answers, asked.response_rate) == (4, 3, 75)
    assert (asked.score, asked.unit) == (67, "%")
    assert asked.last_sent_at is not None
    assert (new.sent, new.score, new.response_rate, new.last_sent_at) == (0, None, None, None)


def test_a_long_list_costs_no_more_queries(client, workspace, django_assert_max_num_queries):
    for _ in range(12):
        answered(a_campaign(workspace, labels=["shop"]), 9)

    with django_assert_max_num_queries(8):
        client.get("/campaigns")


def test_a_campaign_is_switched_on_from_the_list_and_leads_back_to_it(client, workspace):
    campaign = a_campaign(workspace, activated_at=None)

    answer = client.post(f"/campaigns/{campaign.id}/activation", {"then": "/campaigns?label=a"})

    assert answer.url == "/campaigns?label=a"
    assert saved(campaign).is_active


def test_what_cannot_be_switched_on_leads_to_where_it_is_mended(client, workspace):
    campaign = a_campaign(workspace, activated_at=None, service="")

    answer = client.post(f"/campaigns/{campaign.id}/activation", {"then": "/campaigns"})

    assert answer.url == f"/campaigns/{campaign.id}"


# ---- labels


def test_labels_narrow_the_list(client, workspace):
    a_campaign(workspace, name="A", labels=["Shop", "vip"])
    a_campaign(workspace, name="B", labels=["Shop"])
    a_campaign(workspace, name="C")

    assert names(client, "/campaigns") == ["A", "B", "C"]
    assert names(client, "/campaigns?label=Shop") == ["A", "B"]
    assert names(client, "/campaigns?label=vip") == ["A"]
    assert names(client, "/campaigns?label=none") == []
    assert "No campaign has this label" in client.get("/campaigns?label=none").content.decode()


def test_labels_are_words_between_commas_each_once(client, workspace):
    campaign = a_campaign(workspace, name="A")
    form = {"name": "A", "labels": " vip,  big   shop ,VIP,, "}

    client.post(f"/campaigns/{campaign.id}/name", form)

    assert saved(campaign).labels == ["VIP", "big shop"]


@pytest.mark.parametrize("labels", [",".join("abcdefghijklmnopqrstuv"), "x" * 41])
def test_labels_have_limits(client, workspace, labels):
    campaign = a_campaign(workspace)

    answer = client.post(f"/campaigns/{campaign.id}/name", {"name": "A", "labels": labels})

    assert answer.status_code == 422
    assert saved(campaign).labels == []


# ---- copies


def test_a_copy_has_everything_but_is_off(client, workspace):
    campaign = a_campaign(
        workspace,
        name="After an order",
        delay=timedelta(days=2),
        throttle_days=30,
        labels=["shop"],
        audience={"match": "all", "filters": []},
    )
    assert campaign.template
    Reminder.objects.create(
        campaign=campaign, position=1, channel="inapp", after_days=3, template=campaign.template
    )

    answer = client.post(f"/campaigns/{campaign.id}/copy")

    copy = Campaign.objects.get(name="After an order (copy)")
    assert answer.url == f"/campaigns/{copy.id}/name"
    assert not copy.is_active
    assert copy.key != campaign.key
    for field in ("template", "events", "service", "delay", "throttle_days", "labels", "audience"):
        assert getattr(copy, field) == getattr(campaign, field), field
    assert [(one.after_days, one.channel) for one in copy.reminders.all()] == [(3, "inapp")]


def test_copies_have_names_of_their_own(client, workspace):
    campaign = a_campaign(workspace, name="x" * 100)

    for _ in range(2):
        client.post(f"/campaigns/{campaign.id}/copy")

    assert workspace.campaigns.filter(name=f"{'x' * 93} (copy)").exists()
    assert workspace.campaigns.filter(name=f"{'x' * 91} (copy 2)").exists()


# ---- the archive


def test_the_archive_hides_a_campaign_and_switches_it_off(client, workspace):
    campaign = a_campaign(workspace, name="Old")

    client.post(f"/campaigns/{campaign.id}/archival")

    assert not saved(campaign).is_active
    assert names(client, "/campaigns") == []
    assert names(client, "/campaigns?archive") == ["Old"]
    assert "1 in the archive" in client.get("/campaigns").content.decode()


def test_what_is_archived_is_not_switched_on_and_comes_back_off(client, workspace):
    campaign = a_campaign(workspace)
    client.post(f"/campaigns/{campaign.id}/archival")

    client.post(f"/campaigns/{campaign.id}/activation")
    assert not saved(campaign).is_active

    client.post(f"/campaigns/{campaign.id}/return")
    assert not saved(campaign).is_archived
    assert not saved(campaign).is_active


def test_nothing_is_kept_for_a_campaign_in_the_archive(client, workspace):
    campaign = a_campaign(workspace)
    listening = a_campaign(workspace)
    client.post(f"/campaigns/{campaign.id}/archival")
    a_track(workspace)

    flow.process_events(workspace.id, NOW)

    assert Event.objects.count() == 1
    assert [one.campaign_id for one in Decision.objects.all()] == [listening.id]
