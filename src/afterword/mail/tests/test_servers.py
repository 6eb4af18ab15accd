"""A workspace's own mail server: whose it is, and the page on which it is set."""

from dataclasses import replace
from ipaddress import ip_network

import pytest
from django.conf import settings
from django.test import Client

from afterword.core.sealed import seal
from afterword.mail.models import MailServer as StoredServer
from afterword.mail.servers.address import SmtpServer
from afterword.mail.servers.find import Broken, own_servers, server_of, set_own
from afterword.workspaces.models import Role
from tests.factories import a_member, a_workspace
from tests.smtp_script import Script, scripted_smtp

pytestmark = pytest.mark.django_db
PAGE = "/settings/mail-server"
ADDRESS = "smtp://ann:hush@mail.acme.test?tls=tls&connections=2"


def signed_in(member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def reachable(monkeypatch):
    """The operator lets workspaces use servers on this machine."""
    allowed = replace(settings.CONFIGURATION, egress_allow=(ip_network("127.0.0.0/8"),))
    monkeypatch.setattr(settings, "CONFIGURATION", allowed)


def test_a_workspace_without_a_server_has_the_installations():
    assert server_of(a_workspace().id) == settings.CONFIGURATION.mail
    assert own_servers() == {}


def test_a_workspaces_own_server_is_its_own_alone_and_guarded():
    mine, other = a_workspace(), a_workspace()
    set_own(mine, ADDRESS)

    found = server_of(mine.id)

    expected = SmtpServer("mail.acme.test", 465, "ann", "hush", "tls", 2, guarded=True)
    assert found == expected
    assert own_servers() == {mine.id: expected}
    assert server_of(other.id) == settings.CONFIGURATION.mail
    assert "hush" not in StoredServer.objects.get().sealed_url


def test_all_own_servers_cost_one_query(django_assert_num_queries):
    for _ in range(3):
        set_own(a_workspace(), ADDRESS)

    with django_assert_num_queries(1):
        assert len(own_servers()) == 3


@pytest.mark.parametrize(
    ("sealed", "words"),
    [
        ("gAAAA-of-another-key", "AFTERWORD_SECRET_KEY"),
        (None, "mail cannot be sent this way"),
    ],
)
def test_a_server_that_cannot_be_read_stops_the_mail_and_never_falls_back(sealed, words):
    workspace = a_workspace()
    StoredServer.objects.create(workspace=workspace, sealed_url=sealed or seal("carrier://pigeon@"))

    found = server_of(workspace.id)

    assert isinstance(found, Broken)
    assert words in found.words
    assert own_servers() == {workspace.id: found}
    page = signed_in(a_member(workspace)).get(PAGE).content.decode()
    assert "Sending stands still" in page


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/trial", f"{PAGE}/removal"])
@pytest.mark.parametrize("role", [Role.MEMBER, Role.ANALYST])
def test_only_administrators_see_it(role, path, method):
    response = getattr(signed_in(a_member(role=role)), method)(path)

    assert response.status_code in {403, 405}


def test_nobody_sees_it_unless_signed_in():
    assert Client().get(PAGE).status_code == 302


def test_an_outsider_removes_and_changes_only_their_own():
    mine = a_workspace()
    set_own(mine, ADDRESS)
    outsider = signed_in(a_member())

    assert outsider.post(f"{PAGE}/removal").status_code == 404
    assert "mail.acme.test" not in outsider.get(PAGE).content.decode()
    outsider.post(PAGE, {"address": "smtp://other.example", "untried": "1"})

    assert server_of(mine.id).host == "mail.acme.test"  # type: ignore[union-attr]


def test_a_server_that_works_is_used_from_now_on(reachable):
    member = a_member(role=Role.ADMIN)
    client = signed_in(member)
    script = Script(extensions=("AUTH PLAIN",))

    with scripted_smtp(script) as server:
        address = f"smtp://ann:hush@127.0.0.1:{server.port}"
        response = client.post(PAGE, {"address": address}, follow=True)

    page = response.content.decode()
    assert f"smtp://127.0.0.1:{server.port}" in page
    assert "the sign-in was accepted" in page
    assert "hush" not in page
    assert not [command for command in script.commands if command.startswith("MAIL")]
    assert server_of(member.workspace_id).user == "ann"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("url", "is_told"), [("http://ask.acme.test", True), ("https://ask.acme.test", False)]
)
def test_links_that_are_not_encrypted_are_told_of(url, is_told, monkeypatch):
    monkeypatch.setattr(settings, "CONFIGURATION", replace(settings.CONFIGURATION, url=url))
    member = a_member()
    set_own(member.workspace, ADDRESS)

    page = signed_in(member).get(PAGE).content.decode()

    assert ("RFC 8058" in page) == is_told


def test_a_server_that_does_not_work_is_not_used_unless_told_so(reachable):
    member = a_member()
    client = signed_in(member)
    script = Script(AUTH="535 5.7.8 wrong password", extensions=("AUTH PLAIN",))

    with scripted_smtp(script) as server:
        address = f"smtp://ann:hush@127.0.0.1:{server.port}"
        response = client.post(PAGE, {"address": address})
        assert response.status_code == 422
        assert "535 5.7.8 wrong password" in response.content.decode()
        assert "hush" not in response.content.decode()
        assert f'value="smtp://ann:@127.0.0.1:{server.port}"' in response.content.decode()
        assert own_servers() == {}

        client.post(PAGE, {"address": address, "untried": "1"})
        assert len(own_servers()) == 1
        tried = client.post(f"{PAGE}/trial", follow=True)

    assert "535 5.7.8 wrong password" in tried.content.decode()


def test_an_address_inside_is_refused_when_it_is_tried():
    script = Script()

    with scripted_smtp(script) as server:
        address = f"smtp://127.0.0.1:{server.port}"
        response = signed_in(a_member()).post(PAGE, {"address": address})

    assert response.status_code == 422
    assert "AFTERWORD_EGRESS_ALLOW" in response.content.decode()
    assert script.connections == 0


def test_a_server_is_given_by_its_parts_whatever_they_hold(reachable):
    member = a_member()
    script = Script(extensions=("AUTH PLAIN",))

    with scripted_smtp(script) as server:
        parts = {"host": "127.0.0.1", "port": server.port, "tls": "none"}
        signed_in(member).post(PAGE, parts | {"user": "a@b:c/d?e", "password": " h%u#s\u00e9 "})

    found = server_of(member.workspace_id)
    assert isinstance(found, SmtpServer)
    assert (found.user, found.password) == ("a@b:c/d?e", " h%u#s\u00e9 ")
    assert (found.host, found.port, found.tls) == ("127.0.0.1", server.port, "none")


def test_parts_that_do_not_work_are_left_to_be_mended_but_for_the_password(reachable):
    script = Script(AUTH="535 5.7.8 wrong password", extensions=("AUTH PLAIN",))

    with scripted_smtp(script) as server:
        parts = {"host": "127.0.0.1", "port": server.port, "tls": "none", "user": "ann"}
        page = signed_in(a_member()).post(PAGE, parts | {"password": "hush"}).content.decode()

    assert "535 5.7.8 wrong password" in page
    assert 'value="127.0.0.1"' in page
    assert 'value="ann"' in page
    assert "hush" not in page


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({}, "This is needed"),
        ({"host": "a.test", "password": "hush"}, "no user name"),
        ({"host": "a.test/inbox"}, "more follows"),
        ({"host": "a.test", "port": "70000"}, "65535"),
        ({"host": "a.test", "tls": "ssl"}, "Choose one of those"),
        ({"host": "a.test", "address": "smtp://b.test"}, "not both"),
    ],
)
def test_wrong_parts_say_how_to_mend_them(parts, words):
    response = signed_in(a_member()).post(PAGE, parts)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert "hush" not in response.content.decode()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("mailbox:", "mailbox of its own"),
        ("smtp://ann:/hush@a", "%2F"),
        ("", "This is needed"),
        ("smtp://ann:hush@" + "x" * 2000, "2000"),
    ],
)
def test_a_wrong_address_says_how_to_mend_it(address, words):
    response = signed_in(a_member()).post(PAGE, {"address": address})

    assert response.status_code == 422
    assert words in response.content.decode()
    assert "hush" not in response.content.decode()


def test_removed_it_is_the_installations_server_again():
    member = a_member()
    set_own(member.workspace, ADDRESS)

    signed_in(member).post(f"{PAGE}/removal")

    assert server_of(member.workspace_id) == settings.CONFIGURATION.mail


def test_nothing_is_to_be_tried_with_the_mailbox():
    page = signed_in(a_member()).post(f"{PAGE}/trial", follow=True).content.decode()

    assert "nothing to try" in page
