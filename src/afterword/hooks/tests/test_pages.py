import json

import pytest
from django.test import Client

from afterword.campaigns.models import Campaign
from afterword.hooks.models import Hook, HookScope
from afterword.workspaces.models import Role
from tests.factories import a_campaign, a_member

pytestmark = pytest.mark.django_db
ROOT = "/settings/inbound-webhooks"
CHANGES = ["", "/secret", "/secret/removal", "/switch", "/removal"]
GIVEN = {"name": "Shop", "scope": "upsert", "service": "webhook", "mapping_text": ""}


def signed_in(member):
    client = Client()
    client.force_login(member.user)
    return client


def a_hook(member, **fields):
    return Hook.objects.create(workspace=member.workspace, **{"name": "Shop orders", **fields})


def schedule(campaign, service):
    return {
        "service": service, "events": "", "throttle_scope": "campaign", "delay_unit": "days",
    }  # fmt: skip


def test_choosing_a_service_makes_the_campaigns_address_once_and_setup_shows_it():
    member = a_member()
    campaign = a_campaign(member.workspace)
    client = signed_in(member)

    for _ in range(2):
        client.post(f"/campaigns/{campaign.id}/schedule", schedule(campaign, "zendesk"))
    page = client.get(f"/campaigns/{campaign.id}/setup").content.decode()

    hook = Hook.objects.get()
    assert (hook.campaign_id, hook.service, hook.scope) == (campaign.id, "zendesk", "survey")
    assert f"/hooks/{hook.id}" in page
    assert "Zendesk&#x27;s Admin Center" in page
    assert "Campaign ID" not in page
    assert "once Segment is chosen" in page


def test_setup_shows_the_campaign_id_and_a_call_for_the_api():
    member = a_member()
    campaign = a_campaign(member.workspace, service="api")
    client = signed_in(member)

    page = client.get(f"/campaigns/{campaign.id}/setup").content.decode()
    made = client.post(f"/campaigns/{campaign.id}/key", {"scope": "write"}).content.decode()

    assert "/api/v2/survey" in page
    token = member.workspace.tokens.get()
    assert (token.scope, f"X-Api-Key: {token.hint}" in made) == ("write", True)


def test_a_copied_campaign_gets_an_address_when_asked_for_one():
    member = a_member()
    campaign = a_campaign(member.workspace, service="hubspot")
    client = signed_in(member)

    assert b"Make the address" in client.get(f"/campaigns/{campaign.id}/setup").content
    client.post(f"/campaigns/{campaign.id}/hook")

    assert Hook.objects.get().campaign_id == campaign.id


def test_a_hook_is_made_changed_and_deleted():
    member = a_member()
    client = signed_in(member)

    client.post(f"{ROOT}/new", GIVEN)
    hook = Hook.objects.get()
    client.post(f"{ROOT}/{hook.id}", GIVEN | {"mapping_text": "email: who.mail"})
    hook.refresh_from_db()
    assert hook.mapping == {"email": ["who.mail"]}
    client.post(f"{ROOT}/{hook.id}", GIVEN | {"mapping_text": ""})
    hook.refresh_from_db()
    assert hook.mapping == {}
    client.post(f"{ROOT}/{hook.id}/removal")

    assert not Hook.objects.exists()


def test_another_service_brings_its_own_places():
    member = a_member()
    hook = a_hook(member, scope="upsert")
    client = signed_in(member)
    text = client.get(f"{ROOT}/{hook.id}").context["form"]["mapping_text"].value()

    client.post(f"{ROOT}/{hook.id}", GIVEN | {"service": "shopify", "mapping_text": text})

    hook.refresh_from_db()
    assert (hook.service, hook.mapping) == ("shopify", {})


def test_a_mapping_that_cannot_be_read_is_refused_at_its_field_and_kept():
    member = a_member()
    hook = a_hook(member)

    answer = signed_in(member).post(f"{ROOT}/{hook.id}", GIVEN | {"mapping_text": "first: x"})

    assert answer.status_code == 422
    assert "email: customer.email" in answer.context["form"].errors["mapping_text"][0]
    assert b"first: x" in answer.content


def test_a_hook_that_does_not_ask_has_no_campaign():
    member = a_member()
    campaign = a_campaign(member.workspace)
    hook = a_hook(member, campaign=campaign)

    signed_in(member).post(f"{ROOT}/{hook.id}", GIVEN | {"campaign": str(campaign.id)})

    hook.refresh_from_db()
    assert (hook.scope, hook.campaign_id) == (HookScope.UPSERT, None)


def test_a_campaign_of_another_workspace_cannot_be_chosen():
    elsewhere = a_campaign()
    given = GIVEN | {"scope": "survey", "campaign": str(elsewhere.id)}

    assert signed_in(a_member()).post(f"{ROOT}/new", given).status_code == 422


def test_the_secret_is_shown_once_and_kept_encrypted():
    member = a_member()
    hook = a_hook(member)
    client = signed_in(member)

    made = client.post(f"{ROOT}/{hook.id}/secret").content.decode()

    hook.refresh_from_db()
    assert hook.secret in made
    assert hook.secret not in hook.sealed_secret
    assert hook.secret not in client.get(f"{ROOT}/{hook.id}").content.decode()
    client.post(f"{ROOT}/{hook.id}/secret/removal")
    hook.refresh_from_db()
    assert not hook.is_signed


def test_what_came_last_shows_what_the_typed_places_find():
    member = a_member()
    hook = a_hook(member)
    client = signed_in(member)
    sent = {"who": {"mail": "<ann@example.com>"}}
    client.post(f"/hooks/{hook.id}", json.dumps(sent), content_type="application/json")

    page = client.get(f"{ROOT}/{hook.id}").content.decode()
    found = client.post(f"{ROOT}/{hook.id}/preview", {"mapping_text": "email: who.mail"})
    wrong = client.post(f"{ROOT}/{hook.id}/preview", {"mapping_text": "x"})

    assert "No e-mail address is found" in page
    assert "No e-mail address was found" in page
    assert b"&lt;ann@example.com&gt;" in found.content
    assert "a colon" in wrong.content.decode()


def test_a_hook_that_is_switched_off_can_be_switched_on_again():
    member = a_member()
    hook = a_hook(member)
    client = signed_in(member)

    client.post(f"{ROOT}/{hook.id}/switch", {"enabled": "0"})
    hook.refresh_from_db()
    assert not hook.is_on
    client.post(f"{ROOT}/{hook.id}/switch", {"enabled": "1"})
    hook.refresh_from_db()
    assert hook.is_on


@pytest.mark.parametrize("role", Role)
def test_every_member_looks_at_hooks(role):
    member = a_member(role=role)
    hook = a_hook(member)
    client = signed_in(member)

    # Whoever knows its key may post to it, so analysts are not told: a link would tell them.
    is_told = role != Role.ANALYST
    assert (str(hook.id) in client.get(ROOT).text) == is_told
    page = client.get(f"{ROOT}/{hook.id}")
    assert page.status_code == (200 if is_told else 403)
    assert (f"/hooks/{hook.id}" in page.text) == is_told


def test_an_analyst_is_not_told_of_it_in_setup_either():
    member = a_member(role=Role.ANALYST)
    campaign = a_campaign(member.workspace, service="webhook")
    own, other = a_hook(member), a_hook(member, name="Other")
    Hook.objects.update(campaign=campaign)

    page = signed_in(member).get(f"/campaigns/{campaign.id}/setup")

    assert page.status_code == 200
    assert not [one for one in (own, other) if str(one.id) in page.text]


def test_an_analyst_changes_nothing():
    member = a_member(role=Role.ANALYST)
    hook, campaign = a_hook(member), a_campaign(member.workspace, service="webhook")
    client = signed_in(member)

    assert client.get(f"{ROOT}/new").status_code == 403
    assert client.post(f"/campaigns/{campaign.id}/hook").status_code == 403
    for address in CHANGES:
        assert client.post(f"{ROOT}/{hook.id}{address}", GIVEN).status_code == 403, address
    assert Hook.objects.get().name == "Shop orders"


def test_an_outsider_and_a_stranger_find_nothing():
    hook = a_hook(a_member())
    campaign: Campaign = a_campaign(hook.workspace)
    outsider, stranger = signed_in(a_member()), Client()

    assert outsider.get(f"{ROOT}/{hook.id}").status_code == 404
    assert outsider.post(f"/campaigns/{campaign.id}/hook").status_code == 404
    assert outsider.post(f"{ROOT}/{hook.id}/preview").status_code == 404
    for address in CHANGES:
        assert outsider.post(f"{ROOT}/{hook.id}{address}", GIVEN).status_code == 404, address
    assert b"Shop orders" not in outsider.get(ROOT).content
    for address in (ROOT, f"{ROOT}/{hook.id}", f"{ROOT}/new"):
        assert stranger.get(address).status_code == 302
