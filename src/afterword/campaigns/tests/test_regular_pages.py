from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from afterword.campaigns.models import Campaign
from afterword.campaigns.time_frame import DAYS
from afterword.workspaces.models import Role
from tests.factories import a_campaign, a_customer, a_member, a_workspace

pytestmark = pytest.mark.django_db

GIVEN = {
    "first_after_days": "3",
    "recurs": "on",
    "every_days": "90",
    "is_limited": "on",
    "daily_limit": "500",
    "days": ["mon", "fri"],
    "begins": "08:30",
    "ends": "16:00",
}


@pytest.fixture
def member():
    return a_member()


@pytest.fixture
def client(member):
    client = Client()
    client.force_login(member.user)
    return client


def a_regular(workspace, **fields):
    usual: dict[str, object] = {
        "type": "regular",
        "events": [],
        "service": "",
        "activated_at": None,
    }
    return a_campaign(workspace, **{**usual, "activated_at": None, **fields})


def test_a_regular_campaign_is_made(client, member):
    client.post("/campaigns/new", {
        "metric": "nps", "channel": "email", "type": "regular", "name": "Every quarter",
    })  # fmt: skip

    assert Campaign.objects.get(workspace=member.workspace).is_regular


def test_its_audience_speaks_of_who_is_due_and_of_no_event(client, member):
    page = client.get(f"/campaigns/{a_regular(member.workspace).id}/audience").content.decode()

    assert "every customer is asked when they are due" in page
    assert "event" not in page.partition("<main")[2].partition("data-filters-template")[0]


def test_its_schedule_says_when_customers_are_due(client, member):
    campaign = a_regular(member.workspace)

    client.post(f"/campaigns/{campaign.id}/schedule", GIVEN)

    campaign.refresh_from_db()
    assert (campaign.first_after_days, campaign.every_days, campaign.daily_limit) == (3, 90, 500)
    assert campaign.time_frame == {"days": ["mon", "fri"], "from": "08:30", "to": "16:00"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"first_after_days": ""}, "first_after_days"),
        ({"every_days": ""}, "every_days"),
        ({"daily_limit": "0"}, "daily_limit"),
        ({"days": []}, "days"),
        ({"ends": "08:00"}, "ends"),
        ({"begins": ""}, "begins"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(client, member, wrong, field):
    campaign = a_regular(member.workspace)

    answer = client.post(f"/campaigns/{campaign.id}/schedule", GIVEN | wrong)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


ANY_TIME = {"days": list(DAYS), "from": "00:00:00", "to": "23:59:59"}


def test_switching_it_on_says_how_many_are_asked_today_and_asks(client, member):
    campaign = a_regular(member.workspace, first_after_days=0, time_frame=ANY_TIME)
    for _ in range(3):
        a_customer(member.workspace)

    asked = client.post(f"/campaigns/{campaign.id}/activation")

    campaign.refresh_from_db()
    assert "<strong>3</strong> customers are due today" in asked.content.decode()
    assert not campaign.is_active

    client.post(f"/campaigns/{campaign.id}/activation", {"sure": "1"})
    campaign.refresh_from_db()
    assert campaign.is_active


def test_it_says_on_which_day_they_are_asked_where_the_time_frame_is_closed_today(client, member):
    day = timezone.now().astimezone(ZoneInfo(member.workspace.time_zone)) + timedelta(days=3)
    frame = ANY_TIME | {"days": [DAYS[day.weekday()]]}
    campaign = a_regular(member.workspace, first_after_days=0, time_frame=frame)
    a_customer(member.workspace)

    asked = client.post(f"/campaigns/{campaign.id}/activation").content.decode()

    assert f"customer is due and will be asked on {day:%A}, {day.day} {day:%B}, when" in asked
    assert "today" not in asked.partition("<main")[2].partition("<form")[0]


def test_without_a_schedule_it_cannot_be_switched_on(client, member):
    campaign = a_regular(member.workspace)

    client.post(f"/campaigns/{campaign.id}/activation", {"sure": "1"})

    campaign.refresh_from_db()
    assert not campaign.is_active


def test_it_has_no_sections_about_events(client, member):
    campaign = a_regular(member.workspace)

    content = client.get(f"/campaigns/{campaign.id}/schedule").content.decode()

    assert "When is a customer asked?" in content
    assert f"/campaigns/{campaign.id}/setup" not in content


@pytest.mark.parametrize(("role", "status"), [(Role.MEMBER, 302), (Role.ANALYST, 403)])
def test_who_may_change_the_schedule(role, status):
    member = a_member(role=role)
    campaign = a_regular(member.workspace)
    client = Client()
    client.force_login(member.user)

    assert client.get(f"/campaigns/{campaign.id}/schedule").status_code == 200
    assert client.post(f"/campaigns/{campaign.id}/schedule", GIVEN).status_code == status


def test_an_outsider_finds_no_schedule(client):
    campaign = a_regular(a_workspace())

    assert client.get(f"/campaigns/{campaign.id}/schedule").status_code == 404


def test_a_section_that_it_does_not_have_leads_nowhere(client, member):
    campaign = a_regular(member.workspace)

    assert client.get(f"/campaigns/{campaign.id}/link").status_code == 200
    assert client.get(f"/campaigns/{campaign.id}/setup").status_code == 200
