"""What a person typed is kept when the form comes too late, or with a token of before."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from afterword.web import kept_forms
from afterword.web.models import KeptForm
from tests.factories import a_campaign, a_member

pytestmark = pytest.mark.django_db
OURS = {"Origin": "http://testserver"}


@pytest.fixture
def member():
    return a_member()


@pytest.fixture
def campaign(member):
    return a_campaign(member.workspace)


@pytest.fixture
def client(member):
    """A browser in which the member works, and whose session then ends."""
    client = Client()
    client.force_login(member.user)
    client.get("/campaigns")
    client.cookies.pop("sessionid")
    return client


def name_of(campaign):
    campaign.refresh_from_db()
    return campaign.name


def save_late(client, campaign, **fields):
    return client.post(f"/campaigns/{campaign.id}/name", {"name": "Typed late", **fields})


def test_what_was_typed_after_the_sessions_end_is_saved_after_signing_in(client, member, campaign):
    before = campaign.name
    to_sign_in = save_late(client, campaign)
    assert to_sign_in.url.startswith("/accounts/login/?next=/unsaved/")
    assert name_of(campaign) == before

    client.force_login(member.user)
    page = client.get(to_sign_in.url.partition("next=")[2])
    assert b"Typed late" in page.content
    kept = KeptForm.objects.get()
    saved = client.post(f"/campaigns/{campaign.id}/name", {"kept": str(kept.id)})

    assert saved.status_code == 302
    assert name_of(campaign) == "Typed late"
    assert not KeptForm.objects.exists()


def test_what_was_kept_and_is_wrong_is_shown_to_be_mended(client, member, campaign):
    save_late(client, campaign, name="x" * 101)
    client.force_login(member.user)

    answer = client.post(f"/campaigns/{campaign.id}/name", {"kept": str(KeptForm.objects.get().id)})

    assert answer.status_code == 422
    assert b"x" * 101 in answer.content


def test_nobody_else_sees_or_saves_what_was_typed(client, campaign):
    save_late(client, campaign)
    kept = KeptForm.objects.get()
    client.force_login(a_member(campaign.workspace).user)

    assert b"Typed late" not in client.get(f"/unsaved/{kept.id}").content
    client.post(f"/campaigns/{campaign.id}/name", {"kept": str(kept.id)})

    assert name_of(campaign) != "Typed late"


def test_it_is_kept_for_its_own_address_alone(client, member, campaign):
    save_late(client, campaign)
    other = a_campaign(member.workspace)
    client.force_login(member.user)

    client.post(f"/campaigns/{other.id}/name", {"kept": str(KeptForm.objects.get().id)})

    assert name_of(other) != "Typed late"


def test_strangers_fill_no_table(campaign):
    answer = save_late(Client(), campaign)

    assert answer.url == f"/accounts/login/?next=/campaigns/{campaign.id}/name"
    assert not KeptForm.objects.exists()


def test_no_password_is_kept_and_none_is_shown(client, member):
    client.post(
        "/settings/mail-server",
        {"address": "smtp://ann:hunter2@mail.test", "password": "swordfish"},
    )
    kept = KeptForm.objects.get()
    client.force_login(member.user)

    page = client.get(f"/unsaved/{kept.id}").content.decode()

    assert "mail.test" in page
    assert "hunter2" not in page + kept.sealed_fields
    assert "swordfish" not in page


def test_of_each_person_so_many_are_kept_and_for_an_hour(client, member, campaign):
    for number in range(kept_forms.MOST_EACH + 3):
        save_late(client, campaign, name=f"Name {number}")
    assert KeptForm.objects.count() == kept_forms.MOST_EACH

    kept = KeptForm.objects.order_by("-kept_at").first()
    assert kept
    hence = timezone.now() + timedelta(hours=1, minutes=1)
    kept_forms.forget_old(hence)

    client.force_login(member.user)
    assert client.get(f"/unsaved/{kept.id}").status_code == 404


def test_more_than_a_form_holds_is_not_kept(client, campaign):
    save_late(client, campaign, name="x" * (kept_forms.MOST_BYTES + 1))
    assert not KeptForm.objects.exists()


def test_a_part_of_a_page_leads_the_whole_page_to_signing_in(client, campaign):
    answer = client.get("/events", headers={"HX-Request": "true"})

    assert answer.status_code == 204
    assert answer["HX-Redirect"].startswith("/accounts/login/")


def test_a_token_of_before_loses_no_text(member, campaign):
    client = Client(enforce_csrf_checks=True)
    client.force_login(member.user)

    answer = client.post(f"/campaigns/{campaign.id}/name", {"name": "Typed before"}, headers=OURS)

    assert answer.status_code == 403
    assert b"Typed before" in answer.content
    kept = str(KeptForm.objects.get().id)
    token = client.cookies["csrftoken"].value
    client.post(
        f"/campaigns/{campaign.id}/name",
        {"kept": kept, "csrfmiddlewaretoken": token},
        headers=OURS,
    )
    assert name_of(campaign) == "Typed before"


def test_another_sites_form_is_not_offered_again(member, campaign):
    client = Client(enforce_csrf_checks=True)
    client.force_login(member.user)

    answer = client.post(
        f"/campaigns/{campaign.id}/name",
        {"name": "Forged"},
        headers={"Origin": "https://evil.test"},
    )

    assert answer.status_code == 403
    assert b"Forged" not in answer.content
    assert not KeptForm.objects.exists()


@pytest.mark.parametrize(
    ("address", "onward"),
    [
        ("/campaigns/{id}/activation", "/campaigns/{id}"),
        ("/campaigns/{id}/reminders/7", "/campaigns/{id}/reminders"),
        ("/settings/tokens/{id}/revocation", "/settings/tokens"),
        ("/workspaces/switch", "/"),
    ],
)
def test_an_address_that_only_takes_forms_leads_on(member, campaign, address, onward):
    client = Client()
    client.force_login(member.user)

    answer = client.get(address.format(id=campaign.id))

    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert f'href="{onward.format(id=campaign.id)}"' in answer.content.decode()
