"""A mail goes out, comes back, and its customer is asked no more: over real servers."""

import os
import subprocess
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from afterword import flow
from afterword.core import signed_ids
from afterword.decisions.models import Decision
from afterword.mail.servers.find import Servers
from afterword.sending.loop import SenderLoop
from afterword.sending.models import DeliveryEvent, State
from afterword.sending.reports.bounce_mailbox import collect_reports
from afterword.sending.tests.bounce_samples import sample
from afterword.suppressions.models import Suppression
from afterword.surveys.models import Survey
from tests.factories import (
    a_campaign,
    a_customer,
    a_sent_survey,
    a_survey,
    a_track,
    mail_of,
    reload,
)
from tests.mail_servers.dovecot import dovecot
from tests.running.conftest import AFTERWORD
from tests.smtp import smtp_sink

pytestmark = pytest.mark.django_db(transaction=True)
HARD = "hard--postfix-user-unknown"
WORDS = "550 5.1.1 <ann@example.com>: Recipient address rejected: User unknown"


@pytest.fixture
def bounce_address(settings):
    address = "bounces@mail.acme.example"
    settings.CONFIGURATION = replace(settings.CONFIGURATION, bounce_address=address)


def send(survey: Survey) -> str:
    """Send what is due over real SMTP; return the envelope sender."""
    with smtp_sink() as (sink, server):
        loop = SenderLoop(lambda: Servers(server, {}))
        loop.send_due()
        loop.close()
    survey = reload(survey)
    assert mail_of(survey).state == State.SENT
    return sink.senders[0]


def ask_again(survey: Survey) -> Decision:
    """Take up one more event of the same customer; return what is decided."""
    now = timezone.now()
    a_track(survey.workspace, survey.survey.email, received_at=now)
    flow.process_events(survey.workspace_id, now)
    return Decision.objects.order_by("id").last()


def test_a_mail_that_comes_back_stops_all_further_ones(bounce_address, settings):
    customer = a_customer((campaign := a_campaign()).workspace, email="ann@example.com")
    survey = a_survey(campaign, customer=customer)
    return_path = send(survey)

    with dovecot() as server:
        settings.CONFIGURATION = replace(settings.CONFIGURATION, bounce_mailbox=server.mailbox())
        server.deliver(sample(HARD, survey, return_path))
        collect_reports(timezone.now())

    survey = reload(survey)
    customer.refresh_from_db()
    assert return_path == f"bounces+{signed_ids.sign('bounce', survey.id)}@mail.acme.example"
    assert (mail_of(survey).state, mail_of(survey).bounce) == (State.BOUNCED, "hard")
    assert mail_of(survey).server_reply.startswith(WORDS)
    assert DeliveryEvent.objects.get().words == mail_of(survey).server_reply
    assert Suppression.objects.get().note == mail_of(survey).server_reply
    assert customer.hard_bounced_at
    assert ask_again(survey).reason == "hard_bounced"


def test_three_mails_that_come_back_for_now_suppress_the_address(bounce_address):
    customer = a_customer((campaign := a_campaign()).workspace, email="ann@example.com")
    campaign.workspace.max_mails_per_day = 100
    campaign.workspace.save()
    for _ in range(3):
        assert not Suppression.objects.exists()
        survey = a_survey(campaign, customer=customer)
        assert piped(sample("soft--postfix-mailbox-full", survey, send(survey))) == 0

    customer.refresh_from_db()
    assert Suppression.objects.get().reason == "soft_bounced"
    assert (bool(customer.suppressed_at), customer.hard_bounced_at) == (True, None)
    assert ask_again(survey).reason == "suppressed"


def test_a_complaint_unsubscribes_for_good(bounce_address):
    survey = a_survey()
    send(survey)

    assert piped(sample("complained--redacted-but-unsubscribe-link", survey)) == 0

    survey = reload(survey)
    assert mail_of(survey).complained_at
    assert ask_again(survey).reason == "unsubscribed"


# ---- piped


def piped(mail: bytes, *words: str, looks: bool = False, **environment: str) -> int:
    """Pipe a mail into the command, as a mail server does; return its status.

    `looks` says whether it looks if the database is durable, which that of the tests is not.
    """
    checked = [] if looks else ["--supervised"]
    done = subprocess.run(
        [*AFTERWORD, "bounce", *checked, *words],
        input=mail,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "afterword.settings"} | environment,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == b""
    return done.returncode


def a_survey_of_an_hour_ago() -> Survey:
    then = timezone.now() - timedelta(hours=1)
    return a_sent_survey(created_at=then, sent_at=then)


def test_the_envelopes_recipient_may_come_in_three_ways():
    surveys = [a_survey_of_an_hour_ago() for _ in range(3)]
    paths = [f"bounces+{signed_ids.sign('bounce', each.id)}@acme.example" for each in surveys]
    bare = sample(HARD, surveys[0], "bounces@acme.example")

    assert piped(sample(HARD, surveys[0], paths[0])) == 0
    assert piped(bare, paths[1]) == 0
    assert piped(bare, ORIGINAL_RECIPIENT=paths[2]) == 0

    for survey in surveys:
        assert mail_of(survey).bounce == "hard"


@pytest.mark.parametrize(
    "mail", [b"", b"Subject: Lunch?\n\nAt noon.\n", b"\0" * 3_000_000], ids=["empty", "none", "big"]
)
def test_what_is_no_report_is_swallowed(mail):
    assert piped(mail) == 0

    assert not DeliveryEvent.objects.exists()


def test_without_a_database_or_with_wrong_settings_the_mail_server_tries_again():
    survey = a_survey_of_an_hour_ago()
    mail = sample(HARD, survey)

    for looks in (True, False):
        nowhere = {"AFTERWORD_DATABASE_URL": "postgresql://localhost:1/none"}
        assert piped(mail, looks=looks, **nowhere) == os.EX_TEMPFAIL
    assert piped(mail, AFTERWORD_BIND="nonsense") == os.EX_TEMPFAIL
    assert piped(mail) == 0

    survey = reload(survey)
    assert mail_of(survey).bounce == "hard"
