from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from afterword.campaigns.models import Reminder
from afterword.survey_templates.metrics import Metric
from afterword.workspaces.models import Role
from tests.factories import a_campaign, a_member, a_template, a_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return a_member()


@pytest.fixture
def campaign(member):
    return a_campaign(member.workspace)


@pytest.fixture
def client(member):
    client = Client()
    client.force_login(member.user)
    return client


def a_reminder(campaign, after_days=3, when="not_answered", position=1):
    return Reminder.objects.create(
        campaign=campaign,
        position=position,
        when=when,
        after_days=after_days,
        template=campaign.template,
    )


def given(campaign, **fields):
    usual = {"when": "not_answered", "after_days": "3", "template": str(campaign.template_id)}
    return {**usual, **fields}


def told(campaign):
    rows = campaign.reminders.order_by("position")
    return [(row.position, row.when, row.after_days, row.template_id) for row in rows]


def test_a_reminder_is_added(client, campaign):
    again = a_template(campaign.workspace)
    address = f"/campaigns/{campaign.id}/reminders"

    answer = client.post(address, given(campaign, after_days="5", template=str(again.id)))

    assert answer.status_code == 302
    assert told(campaign) == [(1, "not_answered", 5, again.id)]
    page = client.get(address).content.decode()
    assert 'value="5"' in page
    assert f'<option value="{again.id}" selected>' in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"after_days": "0"},
        {"after_days": "366"},
        {"after_days": "soon"},
        {"when": "never"},
        {"template": ""},
        {"template": "x"},
    ],
)
def test_a_wrong_reminder_is_refused(client, campaign, wrong):
    answer = client.post(f"/campaigns/{campaign.id}/reminders", given(campaign, **wrong))

    assert answer.status_code == 422
    assert told(campaign) == []


def test_a_reminder_asks_for_the_same_and_has_a_logo(client, campaign):
    other = a_template(campaign.workspace, Metric.CSAT)
    plain = a_template(campaign.workspace, logo_url="")
    elsewhere = a_template(a_workspace())

    for template in (other, plain, elsewhere):
        answer = client.post(
            f"/campaigns/{campaign.id}/reminders", given(campaign, template=str(template.id))
        )
        assert answer.status_code == 422

    assert told(campaign) == []


def test_a_campaign_has_at_most_five(client, campaign):
    for day in range(1, 7):
        client.post(f"/campaigns/{campaign.id}/reminders", given(campaign, after_days=str(day)))

    assert [days for _, _, days, _ in told(campaign)] == [1, 2, 3, 4, 5]
    assert (
        "Add the reminder" not in client.get(f"/campaigns/{campaign.id}/reminders").content.decode()
    )


def test_two_reminders_alike_are_refused(client, campaign):
    a_reminder(campaign)

    answer = client.post(f"/campaigns/{campaign.id}/reminders", given(campaign))

    assert answer.status_code == 422
    assert b"There is a reminder like this already" in answer.content


def test_another_template_leaves_the_reminder_as_old_as_it_was(client, campaign):
    reminder = a_reminder(campaign)
    again = a_template(campaign.workspace)

    client.post(
        f"/campaigns/{campaign.id}/reminders/{reminder.id}",
        given(campaign, template=str(again.id)),
    )

    assert told(campaign) == [(1, "not_answered", 3, again.id)]
    assert campaign.reminders.get().created_at == reminder.created_at


def test_another_occasion_makes_it_new(client, campaign):
    reminder = a_reminder(campaign)
    long_ago = timezone.now() - timedelta(days=30)
    Reminder.objects.update(created_at=long_ago)

    client.post(
        f"/campaigns/{campaign.id}/reminders/{reminder.id}", given(campaign, after_days="1")
    )

    changed = campaign.reminders.get()
    assert (changed.id, changed.after_days) == (reminder.id, 1)
    assert changed.created_at > long_ago


def test_a_wrong_change_is_shown_and_not_saved(client, campaign):
    reminder = a_reminder(campaign)

    answer = client.post(
        f"/campaigns/{campaign.id}/reminders/{reminder.id}", given(campaign, after_days="0")
    )

    assert answer.status_code == 422
    assert b"at least 1" in answer.content
    assert told(campaign)[0][2] == 3


def test_a_reminder_is_removed(client, campaign):
    reminder = a_reminder(campaign)
    a_reminder(campaign, 5, position=2)

    client.post(f"/campaigns/{campaign.id}/reminders/{reminder.id}/removal")

    assert [days for _, _, days, _ in told(campaign)] == [5]


def test_a_reminder_that_needs_opens_says_that_it_waits(client, campaign):
    a_reminder(campaign, when="not_opened")
    address = f"/campaigns/{campaign.id}/reminders"

    before = client.get(address).content.decode()
    campaign.workspace.tracks_opens = True
    campaign.workspace.save()

    assert "it waits until this workspace tracks opens" in before
    assert 'href="/settings/workspace#id_tracks_opens"' in before
    assert "it waits until" not in client.get(address).content.decode()


def test_who_may_not_change_campaigns_only_looks():
    member = a_member(role=Role.ANALYST)
    campaign = a_campaign(member.workspace)
    reminder = a_reminder(campaign)
    client = Client()
    client.force_login(member.user)
    address = f"/campaigns/{campaign.id}/reminders"

    assert client.get(address).status_code == 200
    for each in (address, f"{address}/{reminder.id}", f"{address}/{reminder.id}/removal"):
        assert client.post(each, given(campaign, after_days="9")).status_code == 403
    assert [days for _, _, days, _ in told(campaign)] == [3]


def test_an_outsider_finds_no_reminders(client, campaign):
    elsewhere = a_campaign()
    reminder = a_reminder(elsewhere)
    theirs = f"/campaigns/{elsewhere.id}/reminders"
    mixed = f"/campaigns/{campaign.id}/reminders/{reminder.id}"

    assert client.get(theirs).status_code == 404
    for address in (theirs, f"{theirs}/{reminder.id}", mixed, f"{mixed}/removal"):
        assert client.post(address, given(campaign)).status_code == 404
    assert elsewhere.reminders.count() == 1


@pytest.mark.parametrize("path", ["/1", "/1/removal"])
def test_changing_a_reminder_is_never_a_link(client, campaign, path):
    assert client.get(f"/campaigns/{campaign.id}/reminders{path}").status_code == 405


@pytest.mark.parametrize("channel", ["email", "inapp"])
def test_what_is_shown_on_a_page_is_reminded_of_by_either_way(client, member, channel):
    campaign = a_campaign(member.workspace, channel="inapp", in_app={"expires_days": 9})
    address = f"/campaigns/{campaign.id}/reminders"

    page = client.get(address).content.decode()
    assert "Only those who saw the survey are reminded" in page
    assert "stands on your pages for 9 days" in page
    assert "not opened" not in page
    assert client.post(address, given(campaign, channel=channel)).status_code == 302

    assert campaign.reminders.get().channel == channel
    assert f'<option value="{channel}" selected>' in client.get(address).content.decode()


@pytest.mark.parametrize("when", ["not_opened", "opened_not_answered"])
def test_what_is_shown_on_a_page_cannot_be_opened(client, member, when):
    campaign = a_campaign(member.workspace, channel="inapp")

    answer = client.post(f"/campaigns/{campaign.id}/reminders", given(campaign, when=when))

    assert answer.status_code == 422
    assert told(campaign) == []


def test_a_reminder_on_a_page_needs_a_script_there(client, campaign):
    address = f"/campaigns/{campaign.id}/reminders"

    refused = client.post(address, given(campaign, channel="inapp"))
    assert refused.status_code == 422
    assert b"make such a campaign and switch it on" in refused.content

    a_campaign(campaign.workspace, channel="inapp")
    client.post(address, given(campaign, channel="inapp"))
    assert campaign.reminders.get().channel == "inapp"


def test_a_page_from_before_it_asked_for_a_channel_changes_none(client, campaign):
    reminder = a_reminder(campaign)
    Reminder.objects.update(channel="inapp")
    a_campaign(campaign.workspace, channel="inapp")

    client.post(f"/campaigns/{campaign.id}/reminders/{reminder.id}", given(campaign))

    assert campaign.reminders.get().channel == "inapp"
