from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from afterword.configuration import configuration
from afterword.mail.mailbox import views
from afterword.mail.models import MailboxMessage
from afterword.workspaces.models import Role
from tests.factories import NOW, a_campaign, a_member, a_sent_survey

pytestmark = pytest.mark.django_db

CONTENT = b"""From: Acme <afterword@acme.test>\r
To: Ann <ann@example.com>\r
Subject: =?utf-8?q?How_was_it=3F_=E2=98=95?=\r
List-Unsubscribe: <http://127.0.0.1:8000/u/t>\r
MIME-Version: 1.0\r
Content-Type: multipart/alternative; boundary="b"\r
\r
--b\r
Content-Type: text/plain; charset=utf-8\r
Content-Transfer-Encoding: quoted-printable\r
\r
Caf=C3=A9: http://127.0.0.1:8000/s/t?score=3D9\r
--b\r
Content-Type: text/html; charset=utf-8\r
Content-Transfer-Encoding: 8bit\r
\r
<html><head><title>x</title></head><body><a href="http://127.0.0.1:8000/s/t">9</a>\
<script>alert(1)</script></body></html>\r
--b--\r
"""


def a_message(survey=None, **fields):
    survey = survey or a_sent_survey()
    return MailboxMessage.objects.create(
        **{
            "mail_id": survey.id,
            "workspace": survey.workspace,
            "recipient": "ann@example.com",
            "subject": "How was it? ☕",
            "content": CONTENT,
            "sent_at": NOW,
            **fields,
        }
    )


@pytest.fixture
def here():
    """Someone at this very machine."""
    return Client(headers={"host": "127.0.0.1:8000"})


@pytest.fixture
def configured(monkeypatch):
    """Change settings for the mailbox: `configured(mail=…)`."""
    from dataclasses import replace

    def change(**settings):
        changed = replace(configuration(), **settings)
        monkeypatch.setattr(views, "configuration", lambda: changed)

    change(url="http://127.0.0.1:8000")
    return change


@pytest.fixture(autouse=True)
def _at_home(configured):
    """Listen on loopback, whatever the environment of the tests says."""


def test_the_mail_is_listed_as_json_newest_first(here):
    a_message()
    a_message(recipient="bob@example.com", sent_at=NOW + timedelta(minutes=1))

    listed = here.get("/mailbox.json").json()

    assert [one["to"] for one in listed] == ["bob@example.com", "ann@example.com"]
    mail = listed[1]
    assert mail["subject"] == "How was it? ☕"
    assert mail["headers"]["List-Unsubscribe"] == "<http://127.0.0.1:8000/u/t>"
    assert mail["text"] == "Café: http://127.0.0.1:8000/s/t?score=9"
    assert '<a href="http://127.0.0.1:8000/s/t">' in mail["html"]
    assert mail["sentAt"] == NOW.isoformat()


@pytest.mark.parametrize(("limit", "count"), [("2", 2), ("0", 0), ("junk", 3), ("-1", 3)])
def test_the_json_may_be_limited(here, limit, count):
    for _ in range(3):
        a_message()

    assert len(here.get("/mailbox.json", {"limit": limit}).json()) == count


@pytest.mark.parametrize(
    ("to", "found"), [("Bob", ["bob@example.com"]), ("carl", []), ("", ["ann@example.com"] * 3)]
)
def test_the_json_may_be_of_one_recipient(here, to, found):
    for _ in range(3):
        a_message()
    a_message(recipient="bob@example.com", sent_at=NOW - timedelta(days=1))

    listed = here.get("/mailbox.json", {"to": to, "limit": "3"}).json()

    assert [one["to"] for one in listed] == found


def test_the_page_shows_the_newest_message(here):
    message = a_message()

    html = here.get("/mailbox").content.decode()

    assert "How was it? ☕" in html
    assert f"/mailbox/{message.id}/html" in html


@pytest.mark.parametrize(
    ("part", "shown"), [("text", "Café"), ("headers", "List-Unsubscribe"), ("junk", "<iframe")]
)
def test_the_parts_of_a_message_can_be_seen(here, part, shown):
    message = a_message()

    html = here.get("/mailbox", {"message": str(message.id), "part": part}).content.decode()

    assert shown in html


def test_the_html_is_shown_without_its_scripts_and_its_links_open_beside(here):
    message = a_message()

    response = here.get(reverse("mail:mailbox_html", args=[message.id]))

    policy = response.headers["Content-Security-Policy"]
    sandbox = policy.split(";")[0].split()
    assert sandbox[0] == "sandbox"
    assert "allow-popups-to-escape-sandbox" in sandbox
    assert not {"allow-scripts", "allow-same-origin", "allow-forms"} & set(sandbox)
    assert "default-src 'none'" in policy
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert '<head><base target="_blank"><title>' in response.content.decode()


def test_mail_is_found_by_its_recipient(here):
    a_message()
    a_message(recipient="bob@example.com")

    listed = here.get("/mailbox", {"to": "BOB"}).context["messages_kept"]

    assert [one.recipient for one in listed] == ["bob@example.com"]


@pytest.mark.parametrize("message", ["junk", "01990000-0000-7000-8000-000000000000"])
def test_an_unknown_message_is_not_found(here, message):
    assert here.get("/mailbox", {"message": message}).status_code == 404


def test_an_empty_mailbox_says_what_to_do(here):
    assert "No mail yet" in here.get("/mailbox").content.decode()


@pytest.mark.parametrize(
    "content", [b"", b"no header at all", b"\xff\x00", b"Content-Type: x/y\n\nz"]
)
def test_a_message_that_is_hardly_one_can_be_seen_too(here, content):
    message = a_message(content=content)

    assert here.get("/mailbox.json").json()[0]["to"] == "ann@example.com"
    assert here.get("/mailbox").status_code == 200
    assert here.get(reverse("mail:mailbox_html", args=[message.id])).status_code == 200


# ---- who may read


PAGES = ["/mailbox", "/mailbox.json", "/mailbox/01990000-0000-7000-8000-000000000000/html"]


@pytest.mark.parametrize("page", PAGES)
def test_with_a_mail_server_there_is_no_mailbox(here, configured, page):
    configured(mail=object())

    assert here.get(page).status_code == 404


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("settings", "host"),
    [
        ({"url": "https://afterword.acme.test"}, "127.0.0.1:8000"),
        ({}, "testserver"),
        ({"bind": "0.0.0.0"}, "127.0.0.1:8000"),
    ],
)
def test_where_others_might_reach_it_the_mailbox_asks_to_sign_in(configured, page, settings, host):
    bind = configuration().bind
    if "bind" in settings:
        settings = {"bind": type(bind)(settings["bind"], bind.port)}
    configured(**{"url": "http://127.0.0.1:8000", **settings})
    a_message()

    response = Client(headers={"host": host}).get(page)

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("role", list(Role))
def test_a_member_reads_the_mail_of_the_own_workspace(client, role):
    member = a_member(role=role)
    client.force_login(member.user)
    own = a_message(a_sent_survey(a_campaign(member.workspace)), recipient="own@example.com")
    other = a_message(recipient="other@example.com")

    listed = client.get("/mailbox.json").json()

    assert [one["to"] for one in listed] == ["own@example.com"]
    assert client.get(reverse("mail:mailbox_html", args=[own.id])).status_code == 200
    assert client.get(reverse("mail:mailbox_html", args=[other.id])).status_code == 404
    assert client.get("/mailbox", {"message": str(other.id)}).status_code == 404
