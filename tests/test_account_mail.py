"""A link to choose a new password: asked for in a browser, mailed over real SMTP, and followed."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from afterword.mail.servers.find import Servers
from afterword.sending import account_mail
from afterword.sending.loop import SenderLoop
from afterword.sending.models import Mail, State
from afterword.suppressions.models import SuppressionReason
from afterword.suppressions.suppress import suppress
from afterword.workspaces.invites import invite
from afterword.workspaces.models import Role, User
from tests.factories import a_brake, a_campaign, a_member
from tests.smtp import smtp_sink

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "wrong horse charger"


@pytest.fixture
def sink():
    with smtp_sink() as (sink, server):
        own = replace(server, connections=2)
        sink.loop = SenderLoop(lambda: Servers(own, {}))
        yield sink
        sink.loop.close()


def ask(email):
    answer = Client().post("/accounts/password/reset/", {"email": email})
    assert answer.status_code == 302
    return answer


def link_in(message):
    return re.search(
        r"https?://\S+/password/reset/key/\S+", message.get_body(("plain",)).get_content()
    )[0]


def test_the_link_is_mailed_and_sets_the_password_once(sink, settings):
    settings.BASE_URL = "https://ask.acme.test"
    user = a_member().user

    ask(user.email)
    sink.loop.send_due()

    [message] = sink.messages()
    link = link_in(message)
    assert (sink.recipients, Mail.objects.get().state) == ([user.email], State.SENT)
    assert link.startswith("https://ask.acme.test/accounts/password/reset/key/")
    assert link in message.get_body(("html",)).get_content().replace("&amp;", "&")
    assert "List-Unsubscribe" not in message
    browser = Client()
    page = browser.get(link.removeprefix("https://ask.acme.test"), follow=True)
    browser.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    assert User.objects.get(id=user.id).check_password(NEW)
    again = Client().get(link.removeprefix("https://ask.acme.test"), follow=True)
    assert b"password1" not in again.content


def test_what_lets_somebody_in_is_not_stored(sink):
    ask(a_member().user.email)
    sink.loop.send_due()

    key = link_in(sink.messages()[0]).rstrip("/").rpartition("/")[2]
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(mail)::text FROM sending_mail AS mail")
        [(row,)] = cursor.fetchall()
    assert key not in row


def test_who_has_no_account_gets_no_mail(sink):
    ask("nobody@else.example")

    assert not Mail.objects.exists()


def test_neither_brake_nor_suppression_holds_it_back(sink):
    member = a_member()
    a_brake(a_campaign(member.workspace), stream_id=None, sender_domain="acme.test")
    unsubscribed = SuppressionReason.UNSUBSCRIBED
    suppress(member.workspace_id, member.user.email, unsubscribed, how="link", now=timezone.now())

    ask(member.user.email)
    sink.loop.send_due()

    assert sink.recipients == [member.user.email]


def test_an_address_that_is_no_good_is_not_mailed_again(sink):
    user = a_member().user
    sink.refuse["RCPT", user.email] = "550 5.1.1 no such user"
    ask(user.email)
    sink.loop.send_due()
    sink.refuse.clear()

    ask(user.email)
    sink.loop.send_due()

    states = list(Mail.objects.order_by("created_at").values_list("state", "reason"))
    assert states == [(State.BOUNCED, ""), (State.DISMISSED, "hard_bounced")]
    assert sink.received == []


def test_an_account_that_changed_meanwhile_gets_no_link_at_its_old_address(sink):
    user = a_member().user
    ask(user.email)
    User.objects.filter(id=user.id).update(email="moved@acme.test")

    sink.loop.send_due()

    assert (sink.received, Mail.objects.get().state) == ([], State.CANCELLED)


def test_an_invite_is_mailed_with_a_link_that_lets_its_reader_in(sink, settings):
    settings.BASE_URL = "https://ask.acme.test"
    workspace = a_member().workspace
    invite(workspace, "ann@acme.test", Role.MEMBER, None, timezone.now())
    sink.loop.send_due()

    [message] = sink.messages()
    text = message.get_body(("plain",)).get_content()
    link = re.search(r"https?://\S+/invites/\w+", text)[0]
    assert "as a member" in text
    assert link in message.get_body(("html",)).get_content()
    Client().post(link.removeprefix("https://ask.acme.test"), {"password": NEW})
    assert User.objects.get(email="ann@acme.test").check_password(NEW)


def test_an_invite_that_is_taken_back_is_not_mailed(sink):
    made = invite(a_member().workspace, "ann@acme.test", Role.MEMBER, None, timezone.now())
    made.delete()

    sink.loop.send_due()

    assert (sink.received, Mail.objects.get().state) == ([], State.CANCELLED)


def test_old_ones_are_forgotten_but_what_waits_and_what_bounced_for_good():
    now = timezone.now()
    user = a_member().user
    for fields in (
        {"state": State.SENT},
        {"state": State.QUEUED},
        {"state": State.BOUNCED, "bounce": "hard"},
        {"state": State.SENT, "subject": "young"},
    ):
        account_mail.send_password_link(user)
        newest = Mail.objects.order_by("-created_at")[:1].get()
        age = timedelta(days=29 if "subject" in fields else 31)
        Mail.objects.filter(id=newest.id).update(created_at=now - age, **fields)

    account_mail.forget_old(now)

    left = {(mail.state, mail.subject) for mail in Mail.objects.all()}
    assert left == {(State.QUEUED, ""), (State.BOUNCED, ""), (State.SENT, "young")}
