from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory

from afterword.workspaces.models import Member, Role, Token, hash_token
from tests.factories import a_member, a_token, a_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return a_member(role=Role.OWNER)


@pytest.fixture
def client(owner):
    client = Client()
    client.force_login(owner.user)
    return client


def test_a_new_tokens_secret_is_shown_once(client, owner):
    made = client.post("/settings/tokens", {"name": "production", "scope": "ingest"})

    token = Token.objects.get(workspace=owner.workspace)
    secret = made.context["made"][1]
    assert hash_token(secret) == bytes(token.hash)
    assert secret.encode() in made.content
    assert "no-store" in made["Cache-Control"]
    assert secret.encode() not in client.get("/settings/tokens").content


def test_two_live_tokens_cannot_share_a_name(client, owner):
    a_token(owner.workspace)
    name = owner.workspace.tokens.get().name

    answer = client.post("/settings/tokens", {"name": name, "scope": "ingest"})

    assert answer.status_code == 422
    assert b"choose a new name" in answer.content
    assert owner.workspace.tokens.count() == 1


@pytest.mark.parametrize(
    "given", [{"name": "", "scope": "ingest"}, {"name": "x", "scope": "root"}, {"name": "x\0"}]
)
def test_a_bad_token_is_refused(client, owner, given):
    assert client.post("/settings/tokens", given).status_code == 422
    assert not owner.workspace.tokens.exists()


def test_a_revoked_token_leaves_the_list(client, owner):
    token, _ = a_token(owner.workspace)

    answer = client.post(f"/settings/tokens/{token.id}/revocation", follow=True)

    token.refresh_from_db()
    assert token.revoked_at is not None
    assert token.hint.encode() not in answer.content
    assert client.post(f"/settings/tokens/{token.id}/revocation").status_code == 404


WORKSPACE = {
    "name": "Acme",
    "time_zone": "Europe/Prague",
    "max_mails_per_day": "5",
    "max_event_age_days": "14",
    "address_wait_minutes": "10",
}


def test_the_workspace_is_saved(client, owner):
    answer = client.post("/settings/workspace", {**WORKSPACE, "keeps_unsent_properties": "on"})

    assert answer.status_code == 302
    workspace = owner.workspace
    workspace.refresh_from_db()
    assert (workspace.name, workspace.time_zone) == ("Acme", "Europe/Prague")
    assert (workspace.max_mails_per_day, workspace.max_event_age_days) == (5, 14)
    assert workspace.keeps_unsent_properties
    assert workspace.address_wait_minutes == 10


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"name": "Acme\r\nBcc: all@acme.test"},
        {"time_zone": "Mars/Olympus"},
        {"max_mails_per_day": "0"},
        {"max_mails_per_day": "1001"},
        {"fatigue_surveys": "2"},
        {"fatigue_days": "30"},
        {"fatigue_surveys": "0", "fatigue_days": "30"},
        {"max_event_age_days": "-1"},
        {"max_event_age_days": "many"},
        {"address_wait_minutes": "0"},
        {"address_wait_minutes": "1441"},
    ],
)
def test_a_workspace_that_cannot_be_is_refused(client, owner, wrong):
    before = owner.workspace.name

    assert client.post("/settings/workspace", {**WORKSPACE, **wrong}).status_code == 422

    owner.workspace.refresh_from_db()
    assert owner.workspace.name == before


def test_a_limit_of_mails_is_said_to_be_a_persons(client):
    answer = client.post("/settings/workspace", {**WORKSPACE, "max_mails_per_day": "50000"})

    assert "at most 1,000. It keeps one person from getting too many" in answer.content.decode()


def test_the_name_of_another_workspace_is_refused(client):
    a_workspace(name="Taken")

    answer = client.post("/settings/workspace", {**WORKSPACE, "name": "Taken"})

    assert answer.status_code == 422


def test_a_zone_that_is_not_offered_is_kept(client, owner):
    owner.workspace.time_zone = "Etc/GMT+1"
    owner.workspace.save()

    answer = client.post("/settings/workspace", {**WORKSPACE, "time_zone": "Etc/GMT+1"})

    assert answer.status_code == 302


def test_a_person_switches_between_their_workspaces(client, owner):
    other = a_workspace(name="The other one")
    Member.objects.create(workspace=other, user=owner.user, role=Role.OWNER)

    client.post("/workspaces/switch", {"workspace": str(other.id)})

    assert client.get("/settings/workspace").context["form"].instance == other


@pytest.mark.parametrize("chosen", ["", "no-id", None])
def test_nobody_switches_to_a_workspace_of_others(client, owner, chosen):
    chosen = chosen if chosen is not None else str(a_workspace().id)

    client.post("/workspaces/switch", {"workspace": chosen})

    assert client.get("/settings/workspace").context["form"].instance == owner.workspace


def test_pages_show_the_workspaces_own_time(client, owner):
    owner.workspace.time_zone = "Asia/Tokyo"
    owner.workspace.save()
    token, _ = a_token(owner.workspace)
    moment = datetime(2026, 11, 1, 20, 30, tzinfo=UTC)
    Token.objects.filter(id=token.id).update(created_at=moment)

    content = client.get("/settings/tokens").content.decode()

    assert 'datetime="2026-11-01T20:30:00+00:00"' in content
    assert "2 Nov 2026, 05:30" in content


def test_the_shell_costs_few_queries(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(7):  # session, user, member twice, workspaces, tokens
        client.get("/settings/tokens")


def test_the_error_page_needs_no_database(django_assert_num_queries):
    from django.views.defaults import server_error

    with django_assert_num_queries(0):
        answer = server_error(RequestFactory().get("/"))

    assert b"Something broke" in answer.content


def test_an_old_form_is_explained():
    client = Client(enforce_csrf_checks=True)

    answer = client.post("/accounts/login/", {"login": "a@b.test", "password": "x"})

    assert answer.status_code == 403
    assert b"open for too long" in answer.content


def test_a_missing_page_has_the_shell(client, owner):
    answer = client.get("/nowhere")

    assert answer.status_code == 404
    assert owner.workspace.name.encode() in answer.content


def test_the_shell_stands_without_a_request():
    page = Template('{% extends "web/base.html" %}{% block content %}Here{% endblock %}')

    assert "Here" in page.render(Context())


def test_people_sign_in_by_address_and_password(owner):
    visitor = Client()
    right = {"login": owner.user.email, "password": "correct horse battery"}

    wrong = visitor.post("/accounts/login/", {**right, "password": "wrong"})
    assert wrong.status_code == 200
    assert b"alert-wrong" in wrong.content

    answer = visitor.post("/accounts/login/", right)
    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/login/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/password/reset/key/done/",
        "/accounts/password/reset/key/1-x/",
        "/accounts/inactive/",
    ],
)
def test_pages_before_signing_in_have_our_look(address):
    answer = Client().get(address)

    assert answer.status_code == 200
    assert b"afterword.css" in answer.content


@pytest.mark.parametrize("address", ["/accounts/password/change/", "/accounts/logout/"])
def test_account_pages_have_our_look(client, address):
    answer = client.get(address)

    assert answer.status_code == 200
    assert b"afterword.css" in answer.content
