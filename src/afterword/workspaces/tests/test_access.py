import pytest
from django.test import Client

from afterword.workspaces.models import Role
from tests.factories import a_member, a_property, a_token, a_workspace

pytestmark = pytest.mark.django_db

SETTINGS = ["/settings/tokens", "/settings/workspace", "/settings/file"]


def signed_in(member):
    client = Client()
    client.force_login(member.user)
    return client


@pytest.mark.parametrize("address", SETTINGS)
@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_owners_and_admins_see_the_settings(address, role):
    assert signed_in(a_member(role=role)).get(address).status_code == 200


@pytest.mark.parametrize("address", SETTINGS)
@pytest.mark.parametrize("role", [Role.MEMBER, Role.ANALYST])
def test_others_are_told_why_they_do_not(address, role):
    answer = signed_in(a_member(role=role)).get(address)

    assert answer.status_code == 403
    assert b"Ask an administrator" in answer.content
    assert address.encode() not in answer.content, "the navigation offers what is refused"


@pytest.mark.parametrize("address", SETTINGS)
def test_strangers_are_sent_to_the_sign_in_page(client, address):
    answer = client.get(address)

    assert answer.status_code == 302
    assert answer.url == f"/accounts/login/?next={address}"


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ANALYST])
def test_only_administrators_make_and_revoke_tokens(role):
    member = a_member(role=role)
    token, _ = a_token(member.workspace)
    client = signed_in(member)

    answers = [
        client.post("/settings/tokens", {"name": "x", "scope": "ingest"}),
        client.post(f"/settings/tokens/{token.id}/revocation"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert member.workspace.tokens.live().count() == 1


def test_rows_of_another_workspace_are_not_there():
    client = signed_in(a_member())
    elsewhere = a_workspace()
    token, _ = a_token(elsewhere)
    prop = a_property(elsewhere, "plan")

    addresses = [
        f"/settings/tokens/{token.id}/revocation",
        f"/settings/properties/{prop.id}/deletion",
    ]

    assert [client.post(address).status_code for address in addresses] == [404, 404]
    token.refresh_from_db()
    assert token.revoked_at is None


def test_a_person_without_a_workspace_is_told_what_to_do(client):
    member = a_member()
    client.force_login(member.user)
    member.delete()

    answer = client.get("/settings/tokens")

    assert answer.status_code == 403
    assert b"afterword member add" in answer.content
