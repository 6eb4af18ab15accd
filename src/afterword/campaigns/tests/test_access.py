import pytest
from django.test import Client

from afterword.workspaces.models import Role
from tests.factories import a_campaign, a_member, a_template, a_workspace

pytestmark = pytest.mark.django_db

CAMPAIGN = [
    "/campaigns/{id}",
    "/campaigns/{id}/audience",
    "/campaigns/{id}/audience/count",
    "/campaigns/{id}/schedule",
    "/campaigns/{id}/reminders",
    "/campaigns/{id}/setup",
    "/campaigns/{id}/name",
    "/campaigns/{id}/results",
]
STATES = ["/campaigns/{id}/copy", "/campaigns/{id}/archival", "/campaigns/{id}/return"]
CHANGES = [
    "/campaigns/{id}",
    "/campaigns/{id}/audience",
    "/campaigns/{id}/schedule",
    "/campaigns/{id}/reminders",
    "/campaigns/{id}/name",
    "/campaigns/{id}/activation",
    "/campaigns/{id}/deactivation",
    "/campaigns/{id}/deletion",
    *STATES,
]
FORMS = ["/campaigns/new", "/templates/new", "/templates/new?metric=nps"]


def signed_in(member):
    client = Client()
    client.force_login(member.user)
    return client


@pytest.mark.parametrize("role", Role)
def test_every_member_looks_at_campaigns_and_templates(role):
    member = a_member(role=role)
    campaign = a_campaign(member.workspace)
    client = signed_in(member)
    addresses = ["/campaigns", "/templates", f"/templates/{campaign.template_id}"]
    addresses += [address.format(id=campaign.id) for address in CAMPAIGN]

    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(
        addresses, 200
    )


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN, Role.MEMBER])
@pytest.mark.parametrize("address", FORMS)
def test_members_make_campaigns_and_templates(role, address):
    assert signed_in(a_member(role=role)).get(address).status_code == 200


def test_an_analyst_changes_nothing():
    member = a_member(role=Role.ANALYST)
    campaign = a_campaign(member.workspace)
    client = signed_in(member)

    for address in [*FORMS, *CHANGES, f"/templates/{campaign.template_id}"]:
        answer = client.post(address.format(id=campaign.id), {"name": "Changed", "events": "x"})
        assert answer.status_code == 403, address

    before = campaign.updated_at
    campaign.refresh_from_db()
    assert campaign.updated_at == before


def test_an_analyst_is_offered_no_change():
    member = a_member(role=Role.ANALYST)
    campaign = a_campaign(member.workspace)
    client = signed_in(member)

    for address in ["/campaigns", *(each.format(id=campaign.id) for each in CAMPAIGN)]:
        assert b"btn-primary" not in client.get(address).content, address


def test_an_outsider_finds_nothing():
    elsewhere = a_template(a_workspace())
    campaign = a_campaign(elsewhere.workspace, template=elsewhere)
    client = signed_in(a_member())
    template = f"/templates/{elsewhere.id}"

    for address in [*CAMPAIGN, "/campaigns/{id}/deletion", template]:
        assert client.get(address.format(id=campaign.id)).status_code == 404, address
    for address in [*CHANGES, "/campaigns/{id}/audience/count", template]:
        assert client.post(address.format(id=campaign.id), {"a": "b"}).status_code == 404, address
    assert campaign.name.encode() not in client.get("/campaigns").content
    assert elsewhere.name.encode() not in client.get("/templates").content


@pytest.mark.parametrize("address", ["/campaigns", "/templates", *FORMS, *CAMPAIGN])
def test_strangers_are_sent_to_the_sign_in_page(client, address):
    answer = client.get(address.format(id=a_template(a_member().workspace).id))

    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/?next=/")


@pytest.mark.parametrize("address", ["activation", "deactivation", "copy", "archival", "return"])
def test_a_change_of_state_is_never_a_link(address):
    member = a_member()
    campaign = a_campaign(member.workspace)

    assert signed_in(member).get(f"/campaigns/{campaign.id}/{address}").status_code == 405
