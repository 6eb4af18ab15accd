"""Reports that arrive in a mailbox, fetched from a real IMAP server."""

import logging
import socket
import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import OperationalError

from afterword.core import signed_ids
from afterword.sending import outcomes
from afterword.sending.models import DeliveryEvent, State
from afterword.sending.reports import bounce_mailbox, imap
from afterword.sending.reports.bounce_mailbox import collect_reports
from afterword.sending.reports.bounce_settings import ImapMailbox
from afterword.sending.tests.bounce_samples import SAMPLES, sample
from tests.factories import NOW, a_campaign, a_sent_survey, mail_of, reload
from tests.mail_servers.dovecot import dovecot

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(hours=1)
HARD = "hard--postfix-user-unknown"


@pytest.fixture(scope="module")
def running():
    with dovecot() as server:
        yield server


@pytest.fixture
def server(running, settings):
    for part in ("cur", "new"):
        for path in (running.folder / "mail" / part).iterdir():
            path.unlink()
    configure(settings, running.mailbox())
    bounce_mailbox._troubled.clear()
    return running


def configure(settings, mailbox):
    settings.CONFIGURATION = replace(
        settings.CONFIGURATION,
        bounce_address="bounces@mail.acme.example",
        bounce_mailbox=mailbox,
    )


def test_without_a_mailbox_there_is_nothing_to_do():
    assert collect_reports(LATER) == 0


@pytest.mark.parametrize("tls", ["none", "starttls", "tls"])
def test_a_report_is_noted_and_flagged_as_seen(server, settings, monkeypatch, tls):
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    configure(settings, server.mailbox(tls))
    survey = a_sent_survey()
    server.deliver(sample(HARD, survey))

    looked_at = [collect_reports(LATER), collect_reports(LATER)]

    survey = reload(survey)
    assert (mail_of(survey).state, mail_of(survey).bounce) == (State.BOUNCED, "hard")
    assert "User unknown in virtual mailbox" in mail_of(survey).server_reply
    assert looked_at == [1, 0]
    assert server.seen() == [True]


def test_a_certificate_that_nobody_vouches_for_is_refused(server, settings, caplog):
    configure(settings, server.mailbox("tls"))
    survey = a_sent_survey()
    server.deliver(sample(HARD, survey))

    assert collect_reports(LATER) == 0

    assert "certificate verify failed" in caplog.text
    assert server.seen() == [False]


def test_every_sample_in_one_go(server):
    campaign = a_campaign()
    surveys = {name: a_sent_survey(campaign) for name in SAMPLES}
    for name, survey in surveys.items():
        server.deliver(sample(name, survey))

    assert collect_reports(LATER) == len(SAMPLES)

    kinds = dict(DeliveryEvent.objects.values_list("mail_id", "kind"))
    for name, survey in surveys.items():
        verdict = name.partition("--")[0]
        expected = {"hard": "hard_bounced", "soft": "soft_bounced", "nothing": None}
        assert kinds.get(survey.id) == expected.get(verdict, verdict), name
    assert all(server.seen())


def test_mail_that_is_no_report_or_a_bomb_stays_and_holds_nothing_up(server):
    survey = a_sent_survey()
    path = f"bounces+{signed_ids.sign('bounce', survey.id)}@mail.acme.example"
    server.deliver(b"Subject: Lunch?\n\nAt noon.\n")
    server.deliver(b"\0\xff" * 1000)
    server.deliver(b"To: " + path.encode() + b"\n\n" + b"a" * 5_000_000)
    server.deliver(sample(HARD, survey))

    assert collect_reports(LATER) == 4

    assert server.seen() == [True] * 4
    assert [event.kind for event in DeliveryEvent.objects.all()] == ["hard_bounced"]


def test_handled_mail_goes_to_the_folder_for_it(server):
    server.make_folder("Handled")
    survey = a_sent_survey()
    for _ in range(45):
        server.deliver(sample(HARD, survey))

    assert collect_reports(LATER) == 45

    assert (server.seen(), server.seen("Handled")) == ([], [True] * 45)
    assert DeliveryEvent.objects.count() == 1
    for path in sorted((server.folder / "mail" / ".Handled").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (server.folder / "mail" / ".Handled").rmdir()


def test_another_folder_may_be_named(server, settings, caplog):
    configure(settings, server.mailbox(folder="No such folder"))

    assert collect_reports(LATER) == 0

    assert "No such folder" in caplog.text


def test_dying_before_the_commit_leaves_the_mail_for_next_time(server, monkeypatch):
    survey = a_sent_survey()
    server.deliver(sample(HARD, survey))

    def failing(reports, now):
        raise OperationalError("the connection was lost")

    with monkeypatch.context() as patched:
        patched.setattr(outcomes, "note", failing)
        with pytest.raises(OperationalError):
            collect_reports(LATER)
    assert server.seen() == [False]
    assert collect_reports(LATER) == 1

    survey = reload(survey)
    assert mail_of(survey).state == State.BOUNCED


def test_dying_after_the_commit_changes_nothing_the_next_time(server, monkeypatch):
    survey = a_sent_survey()
    server.deliver(sample(HARD, survey))

    def dying(folder, ids):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(imap.Folder, "flag_seen", dying)
        with pytest.raises(KeyboardInterrupt):
            collect_reports(LATER)
    assert (server.seen(), DeliveryEvent.objects.count()) == ([False], 1)

    assert collect_reports(LATER) == 1
    assert (server.seen(), DeliveryEvent.objects.count()) == ([True], 1)


def test_a_mailbox_of_many_mails_is_looked_through_in_lots(server, monkeypatch):
    monkeypatch.setattr(imap, "_WINDOW", 7)
    campaign = a_campaign()
    surveys = [a_sent_survey(campaign) for _ in range(25)]
    for survey in surveys:
        server.deliver(sample(HARD, survey))

    assert collect_reports(LATER) == 25

    assert DeliveryEvent.objects.values("mail_id").distinct().count() == 25


def test_what_does_not_fit_into_a_minute_waits_for_the_next(server, monkeypatch):
    campaign = a_campaign()
    for _ in range(30):
        server.deliver(sample(HARD, a_sent_survey(campaign)))
    monkeypatch.setattr(bounce_mailbox, "SECONDS", -1)

    assert collect_reports(LATER) == 0
    monkeypatch.setattr(bounce_mailbox, "SECONDS", 45)
    assert collect_reports(LATER) == 30


def test_a_server_that_is_away_is_told_once_and_asked_again(server, caplog):
    caplog.set_level(logging.INFO)
    survey = a_sent_survey()
    server.deliver(sample(HARD, survey))

    server.stop()
    assert [collect_reports(LATER) for _ in range(3)] == [0, 0, 0]
    server.start()
    assert collect_reports(LATER) == 1

    told = [
        record.getMessage() for record in caplog.records if record.name == bounce_mailbox.__name__
    ]
    assert len(told) == 2
    assert "no reports are fetched for now" in told[0]
    assert "reports are fetched again" in told[1]


def test_a_wrong_password_is_told_without_repeating_it(server, settings, caplog):
    configure(settings, replace(server.mailbox(), password="wr0ng"))

    assert collect_reports(LATER) == 0

    assert "Authentication failed" in caplog.text or "AUTHENTICATIONFAILED" in caplog.text
    assert "wr0ng" not in caplog.text


SILENCE = b""
NONSENSE = b"HTTP/1.1 400 Bad Request\r\n\r\n"
ENDLESS = b"* OK " + b"x" * 3_000_000


@pytest.mark.parametrize("greeting", [SILENCE, NONSENSE, ENDLESS])
def test_a_server_that_speaks_no_imap_costs_bounded_time(settings, monkeypatch, caplog, greeting):
    monkeypatch.setattr(imap, "TIMEOUT", 0.5)
    bounce_mailbox._troubled.clear()
    with Listening(greeting) as port:
        configure(settings, ImapMailbox("127.0.0.1", port, "a", "b", "none", "INBOX"))
        started = time.monotonic()

        assert collect_reports(LATER) == 0

    assert time.monotonic() - started < 10
    assert "no reports are fetched for now" in caplog.text


def test_a_server_that_drips_is_cut_off(settings, monkeypatch):
    monkeypatch.setattr(bounce_mailbox, "SECONDS", -9)  # and ten more until the connection is cut
    bounce_mailbox._troubled.clear()
    greeting = b"* OK [CAPABILITY IMAP4rev1] hi\r\n"
    with Listening(greeting, drips=True) as port:
        configure(settings, ImapMailbox("127.0.0.1", port, "a", "b", "none", "INBOX"))
        started = time.monotonic()

        assert collect_reports(LATER) == 0

    assert time.monotonic() - started < 10


class Listening:
    """A port that greets whoever comes, and then says nothing or drips."""

    def __init__(self, greeting, drips=False):
        self._greeting, self._drips = greeting, drips
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self):
        self._thread.start()
        return self._socket.getsockname()[1]

    def __exit__(self, *_):
        self._ended.set()
        self._socket.close()
        self._thread.join()

    def _serve(self):
        with suppress(OSError):
            connection, _ = self._socket.accept()
            with connection:
                connection.sendall(self._greeting)
                while not self._ended.wait(0.1):
                    if self._drips:
                        connection.sendall(b"x")
