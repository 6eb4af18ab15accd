"""The editor of in-app campaigns: made, placed, set up."""

import pytest
from django.test import Client
from django.utils import timezone

from afterword.campaigns.channels.in_app.identity import Proof, identity_of, note_heard
from afterword.campaigns.channels.in_app.placement import Placement, read_placement
from afterword.campaigns.models import Campaign
from afterword.core.sealed import unseal
from afterword.workspaces.models import Role
from tests.factories import a_campaign, a_member

pytestmark = pytest.mark.django_db
PLACED = {"look": "corner", "wait_seconds": "0", "expires_days": "14"}


def signed_in(member):
    client = Client()
    client.force_login(member.user)
    return client


def of(member, **fields):
    return a_campaign(member.workspace, channel="inapp", **fields)


def test_one_is_made_and_asks_for_what_it_needs():
    member = a_member()
    client = signed_in(member)
    given = {"metric": "nps", "channel": "inapp", "type": "regular", "name": "In the app"}

    page = client.post("/campaigns/new", given, follow=True).content.decode()

    assert (Campaign.objects.get().channel, Campaign.objects.get().service) == ("inapp", "")
    assert "Say when the survey is due." in page
    for section in ("Look and pages", "Setup", "Audience", "Schedule", "Webhooks"):
        assert section in page
    assert "Reminders" in page


def test_where_it_is_shown_is_kept():
    member = a_member()
    campaign = of(member)
    client = signed_in(member)
    given = {
        "look": "inline",
        "element": "#survey",
        "wait_seconds": "5",
        "expires_days": "7",
        "pages": " /orders/* \n\n/orders/*\nhttps://a.test/*",
        "asks_again": "on",
        "again_days": "30",
    }

    assert client.post(f"/campaigns/{campaign.id}/in-app", given).status_code == 302

    campaign.refresh_from_db()
    pages = ("/orders/*", "https://a.test/*")
    assert read_placement(campaign.in_app) == Placement("inline", "#survey", 5, pages, 7, 30)
    assert "#survey" in client.get(f"/campaigns/{campaign.id}/in-app").content.decode()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"look": "inline"}, "Name the element"),
        ({"pages": "orders"}, "orders is no page: write /orders/*"),
        ({"pages": "/a b"}, "has a space in it"),
        ({"pages": "\n".join(f"/{n}" for n in range(21))}, "name at most 20"),
        ({"asks_again": "on"}, "Give the number of days."),
        ({"wait_seconds": "-1"}, "This is at least 0."),
    ],
)
def test_what_is_wrong_is_told_at_its_field(given, says):
    member = a_member()
    campaign = of(member)

    answer = signed_in(member).post(f"/campaigns/{campaign.id}/in-app", {**PLACED, **given})

    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_a_regular_one_is_limited_only_if_wanted_and_is_switched_on_at_once():
    member = a_member()
    campaign = of(member, type="regular", events=[], activated_at=None)
    client = signed_in(member)
    address = f"/campaigns/{campaign.id}/schedule"

    given = {"first_after_days": "3", "recurs": "on", "every_days": "90"}
    framed = {"frames": "on", "days": ["sat"], "begins": "10:00", "ends": "12:00"}
    client.post(address, {**given, **framed, "is_limited": "on", "daily_limit": "50"})
    campaign.refresh_from_db()
    assert campaign.time_frame == {"days": ["sat"], "from": "10:00", "to": "12:00"}
    assert campaign.daily_limit == 50

    client.post(address, {**given, "days": ["sat"]})
    client.post(f"/campaigns/{campaign.id}/activation")

    campaign.refresh_from_db()
    assert (campaign.first_after_days, campaign.every_days, campaign.time_frame) == (3, 90, None)
    assert campaign.daily_limit is None
    assert campaign.is_active


def test_a_time_frame_that_is_wanted_is_a_whole_one():
    member = a_member()
    campaign = of(member, type="regular", events=[])

    answer = signed_in(member).post(
        f"/campaigns/{campaign.id}/schedule", {"first_after_days": "3", "frames": "on"}
    )

    assert answer.status_code == 422
    assert "Choose at least one day." in answer.content.decode()


def test_setup_shows_the_secret_to_administrators_only():
    member = a_member()
    campaign = of(member)
    secret = unseal(identity_of(member.workspace, timezone.now()).sealed_secret)
    plain = a_member(member.workspace, Role.MEMBER)
    address = f"/campaigns/{campaign.id}/setup"

    shown = signed_in(member).get(address)
    hidden = signed_in(plain).get(address)

    assert secret in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    assert secret not in hidden.content.decode()
    assert "YOUR_IN_APP_SECRET" in hidden.content.decode()


def test_a_browser_key_is_made_and_filled_in():
    member = a_member()
    campaign = of(member)
    address = f"/campaigns/{campaign.id}/key"

    page = signed_in(member).post(address, {"scope": "browser"}).content.decode()

    assert member.workspace.tokens.get().scope == "browser"
    assert "data-key=&quot;aw_" in page or 'data-key="aw_' in page


def test_a_new_secret_is_made_after_asking():
    member = a_member()
    campaign = of(member)
    before = identity_of(member.workspace, timezone.now()).sealed_secret
    client, address = signed_in(member), f"/campaigns/{campaign.id}/in-app/secret"

    assert "Make a new secret?" in client.post(address).content.decode()
    assert identity_of(member.workspace, timezone.now()).sealed_secret == before
    client.post(address, {"sure": "1"})

    assert identity_of(member.workspace, timezone.now()).sealed_secret != before


def test_the_unsigned_may_be_refused_and_let_in_again():
    member = a_member()
    campaign = of(member)
    client, address = signed_in(member), f"/campaigns/{campaign.id}/in-app/unsigned"

    client.post(address, {"only_signed": "1"})
    assert identity_of(member.workspace, timezone.now()).signed_only_since
    client.post(address)
    assert not identity_of(member.workspace, timezone.now()).signed_only_since


def test_the_live_panel_says_who_asked():
    member = a_member()
    campaign = of(member)
    client, address = signed_in(member), f"/campaigns/{campaign.id}/in-app/heard"
    now = timezone.now()

    assert "Waiting for a page" in client.get(address).content.decode()
    note_heard(identity_of(member.workspace, now), "https://app.acme.test", Proof.FORGED, now)

    page = client.get(address).content.decode()
    assert "https://app.acme.test" in page
    assert "hash is wrong" in page


def test_whoever_may_not_does_not():
    owner = a_member()
    campaign = of(owner)
    changes = [f"/campaigns/{campaign.id}/in-app/{what}" for what in ("secret", "unsigned")]
    look, heard = f"/campaigns/{campaign.id}/in-app", f"/campaigns/{campaign.id}/in-app/heard"
    analyst = signed_in(a_member(owner.workspace, Role.ANALYST))
    plain = signed_in(a_member(owner.workspace, Role.MEMBER))
    outsider = signed_in(a_member())

    assert [analyst.get(page).status_code for page in (look, heard)] == [200, 200]
    assert analyst.post(look, PLACED).status_code == 403
    assert b"btn-primary" not in analyst.get(look).content
    assert [plain.post(page, {"sure": "1"}).status_code for page in changes] == [403, 403]
    assert [outsider.get(page).status_code for page in (look, heard)] == [404, 404]
    assert [outsider.post(page).status_code for page in (look, *changes)] == [404, 404, 404]


def test_a_campaign_by_mail_has_no_look():
    member = a_member()

    assert (
        signed_in(member).get(f"/campaigns/{a_campaign(member.workspace).id}/in-app").status_code
        == 404
    )
