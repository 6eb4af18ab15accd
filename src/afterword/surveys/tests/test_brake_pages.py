import pytest
from django.test import Client

from afterword.sending.models import BrakeLevel, State
from afterword.sending.paused import pausing
from afterword.workspaces.models import Role
from tests.factories import a_brake, a_campaign, a_member, a_survey, a_workspace, mail_of

pytestmark = pytest.mark.django_db


def signed_in(member):
    client = Client()
    client.force_login(member.user)
    return client


def a_paused_campaign(workspace=None):
    campaign = a_campaign(workspace)
    a_brake(campaign, bounces=43)
    return campaign


def is_paused(campaign):
    return pausing(campaign.workspace_id, campaign.id).exists()


@pytest.mark.parametrize("page", ["/", "/campaigns", "/campaigns/{id}"])
def test_a_pause_is_told_with_its_figures_and_where_to_look(page):
    member = a_member()
    campaign = a_paused_campaign(member.workspace)

    text = signed_in(member).get(page.format(id=campaign.id)).content.decode()

    assert f"Sending of {campaign.name} is paused since" in text
    assert "43 bounced" in text
    assert f"/outbox?campaign={campaign.id}&amp;status=was_bounced" in text


def test_a_warning_is_told_and_can_be_heeded():
    member = a_member()
    campaign = a_campaign(member.workspace)
    a_brake(campaign, BrakeLevel.WARNED, bounces=23)
    client = signed_in(member)

    text = client.get(f"/campaigns/{campaign.id}").content.decode()
    client.post(f"/campaigns/{campaign.id}/resumption")

    assert f"Many mails of {campaign.name} come back" in text
    assert "I have seen to it" in text
    assert "come back" not in client.get(f"/campaigns/{campaign.id}").content.decode()


def test_a_domains_pause_is_looked_into_at_one_of_its_campaigns():
    member = a_member()
    campaign = a_campaign(member.workspace)
    a_brake(campaign, stream_id=None, sender_domain="acme.test", bounces=43, complaints=2)

    text = signed_in(member).get("/").content.decode()

    assert "Sending of all that comes from acme.test is paused since" in text
    assert "43 bounced" in text
    assert "2 complained about" in text
    assert f'href="/campaigns/{campaign.id}"' in text


def test_a_campaign_and_its_domain_are_told_of_once():
    member = a_member()
    campaign = a_paused_campaign(member.workspace)
    a_brake(campaign, stream_id=None, sender_domain="acme.test", bounces=43)
    client = signed_in(member)

    for page in ("/", f"/campaigns/{campaign.id}"):
        text = client.get(page).content.decode()
        assert text.count("is paused since") == 1
        assert "All else that is sent from acme.test is paused with it" in text


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN, Role.MEMBER])
def test_who_may_change_campaigns_resumes_them(role):
    member = a_member(role=role)
    campaign = a_paused_campaign(member.workspace)
    held = a_survey(campaign, state=State.HELD)

    answer = signed_in(member).post(f"/campaigns/{campaign.id}/resumption", follow=True)

    assert not is_paused(campaign)
    assert mail_of(held).state == State.QUEUED
    assert "goes on" in answer.content.decode()
    assert "is paused since" not in answer.content.decode()


def test_an_analyst_sees_the_pause_and_cannot_end_it():
    member = a_member(role=Role.ANALYST)
    campaign = a_paused_campaign(member.workspace)
    client = signed_in(member)

    page = client.get(f"/campaigns/{campaign.id}").content.decode()
    answer = client.post(f"/campaigns/{campaign.id}/resumption")

    assert "is paused since" in page
    assert "resumption" not in page
    assert (answer.status_code, is_paused(campaign)) == (403, True)


def test_an_outsider_neither_sees_nor_ends_it():
    campaign = a_paused_campaign(a_workspace())
    client = signed_in(a_member())

    assert client.post(f"/campaigns/{campaign.id}/resumption").status_code == 404
    assert campaign.name not in client.get("/").content.decode()
    assert is_paused(campaign)


def test_resuming_is_never_a_link_and_asks_strangers_to_sign_in(client):
    member = a_member()
    campaign = a_paused_campaign(member.workspace)
    address = f"/campaigns/{campaign.id}/resumption"

    assert signed_in(member).get(address).status_code == 405
    assert client.post(address).status_code == 302
