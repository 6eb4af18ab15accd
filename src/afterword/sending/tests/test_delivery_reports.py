"""Delivery reports as real servers write them: whose mail it was, and how bad it is."""

import re
import time
import tracemalloc
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime
from itertools import product
from uuid import uuid4

import pytest
from django.core import mail as django_mail
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from afterword.core import signed_ids
from afterword.mail.models import MailboxMessage
from afterword.sending.models import DeliveryEvent
from afterword.sending.outcomes import note
from afterword.sending.reports.delivery_reports import Incoming, read, reports_in
from afterword.sending.reports.raw_mail import READ
from afterword.sending.tests.bounce_samples import MAILMANS, SAMPLES, as_sent, finding_of, sample
from afterword.suppressions.models import Suppression
from afterword.surveys.models import Survey
from tests.factories import NOW, a_sent_survey, mail_of, reload

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=6)


@pytest.fixture
def survey():
    return a_sent_survey()


def kinds(mail, now=LATER):
    return [(report.mail_id, report.kind.value) for report in reports_in([mail], now)]


def test_each_sample_is_about_its_survey_and_says_what_its_name_says(survey, subtests):
    for name in SAMPLES:
        with subtests.test(name):
            says_what_its_name_says(survey, name)


def says_what_its_name_says(survey, name):
    raw = sample(name, survey)
    path = f"bounces+{signed_ids.sign('bounce', survey.id)}@mail.acme.example"
    variants = [
        Incoming(raw),
        Incoming(raw.replace(b"\n", b"\r\n")),
        Incoming(raw.replace(path.encode(), path.upper().encode())),
    ]
    if raw.startswith(f"Return-Path: <>\nDelivered-To: {path}".encode()):
        elsewhere = raw.replace(path.encode(), b"bounces@mail.acme.example")
        variants.append(Incoming(elsewhere, ("else@example.com", path)))

    finding = {"hard": "hard_bounced", "soft": "soft_bounced"}.get(
        finding_of(name), finding_of(name)
    )
    for mail in variants:
        assert kinds(mail) == ([] if finding == "nothing" else [(survey.id, finding)])


KINDS = ("abuse", "Abuse", "fraud", "virus", "other")
ENCLOSED = ("message/rfc822", "text/rfc822-headers", "text/rfc822-headers in base64")
TOLD_BY = ("envelope", "Original-Mail-From", "Return-Path", "List-Unsubscribe, folded")


def complaint(survey, kind, enclosed, told_by):
    """Return an RFC 5965 report in which only `told_by` says whose mail it was."""
    path = f"bounces+{signed_ids.sign('bounce', survey.id)}@mail.acme.example"
    fields = [f"Feedback-Type: {kind}", "User-Agent: Loop/2.1 (provider)", "Version: 0.1"]
    mail = [
        "From: Acme <surveys@acme.example>",
        "To: redacted-3f2a@mailbox.example",
        f"Message-ID: <{survey.id}@acme.example>",
        "Subject: How was it?",
    ]
    if told_by == "Original-Mail-From":
        fields.append(f"Original-Mail-From: <{path}>")
    elif told_by == "Return-Path":
        mail.insert(0, f"Return-Path: {path}")
    elif told_by.startswith("List-Unsubscribe"):
        link = f"https://ask.example.com/u/{survey.unsubscribe_token}"
        mail.append(f"List-Unsubscribe:\n\t<{link}>,\n\t<mailto:redacted@acme.example>")
    report = MIMEMultipart("report")
    report.set_param("report-type", "feedback-report")
    report["From"], report["To"] = "fbl@provider.example", "complaints@acme.example"
    report["Return-Path"] = "<>"
    report["Delivered-To"] = path if told_by == "envelope" else "complaints@acme.example"
    report["Message-ID"] = f"<{uuid4()}@provider.example>"
    report["Date"] = format_datetime(NOW + timedelta(minutes=5))
    report.attach(MIMEText("This is an abuse report."))
    type_, _, encoding = enclosed.partition(" in ")
    for content_type, lines in (("message/feedback-report", fields), (type_, [*mail, "", "Hello"])):
        part = Message()
        part["Content-Type"] = content_type
        text = "\n".join(lines) + "\n"
        if encoding and content_type == type_:
            part["Content-Transfer-Encoding"] = encoding
            text = b64encode(text.encode()).decode()
        part.set_payload(text)
        report.attach(part)
    return report.as_bytes()


@pytest.mark.parametrize(("kind", "enclosed", "told_by"), list(product(KINDS, ENCLOSED, TOLD_BY)))
def test_a_complaint_stops_whom_it_is_about_however_it_is_told(survey, kind, enclosed, told_by):
    mail = Incoming(complaint(survey, kind, enclosed, told_by))

    assert note(reports_in([mail], LATER), LATER) == 1

    survey = reload(survey)
    assert mail_of(survey).complained_at == NOW + timedelta(minutes=5)
    [stop] = Suppression.objects.all()
    assert (stop.pattern, stop.reason) == (survey.survey.email, "complained")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "hard--postfix-user-unknown",
            "550 5.1.1 <RECIPIENT>: Recipient address rejected: User unknown in virtual mailbox "
            "table",
        ),
        ("hard--encoded-diagnostic", "550 5.1.1 Empfänger unbekannt"),
        ("soft--office365-mailbox-full", "554 5.2.2 mailbox full"),
        ("hard--yahoo-no-account", "This user doesn't have a yahoo.com account"),
        ("complained--yahoo-cfl", "Feedback-Type: abuse, from Example-Feedback/1.0"),
    ],
)
def test_the_servers_own_words_are_kept(survey, name, words):
    [report] = reports_in([Incoming(sample(name, survey))], LATER)

    assert words.replace("RECIPIENT", survey.survey.email) in report.words
    assert report.at == datetime(2026, 11, 1, 12, 4, 59, tzinfo=UTC)


def test_the_same_mail_by_two_ways_is_one_report(survey):
    raw = sample("hard--postfix-user-unknown", survey)
    again = b"Received: by another.example; Sun, 1 Nov 2026 13:00:00 +0000\n" + raw
    nameless = re.sub(rb"Message-ID: <hard.*\n", b"", raw)

    reports = reports_in([Incoming(raw), Incoming(again)], LATER)
    nameless_ones = [Incoming(nameless), Incoming(b"Received: by x\n" + nameless)]

    assert len({report.key for report in reports}) == 1
    assert len({report.key for report in reports_in(nameless_ones, LATER)}) == 1
    assert note(reports, LATER) == 1


@pytest.mark.parametrize("start", range(4))  # each of them takes a while: see `tests.times`
def test_a_report_to_a_forged_or_unsigned_return_path_has_no_effect(survey, subtests, start):
    for name in SAMPLES[start::4]:
        with subtests.test(name):
            has_no_effect(survey, name)


def has_no_effect(survey, name):
    signed = signed_ids.sign("bounce", survey.id)
    forged = ("b" if signed[0] == "a" else "a") + signed[1:]
    other = signed_ids.sign("report", survey.id)
    for local in (f"bounces+{forged}", f"bounces+{other}", f"bounces+{survey.id}", "bounces"):
        raw = sample(name, survey, return_path=f"{local}@mail.acme.example")
        raw = raw.replace(survey.unsubscribe_token.encode(), b"a" * 22)
        note(reports_in([Incoming(raw)], LATER), LATER)

    survey = reload(survey)
    assert not DeliveryEvent.objects.exists()
    assert not Suppression.objects.exists()
    assert mail_of(survey).state == "sent"


def test_a_return_path_inside_the_report_says_nothing(survey):
    """Whoever gets a mail sees its return path: only what was sent to it counts."""
    raw = sample("hard--postfix-user-unknown", survey)
    path = f"bounces+{signed_ids.sign('bounce', survey.id)}@mail.acme.example".encode()
    head, _, body = raw.partition(b"\n\n")

    assert kinds(Incoming(head.replace(path, b"surveys@acme.example") + b"\n\n" + body)) == []


def test_a_report_about_a_deleted_survey_is_passed_over(survey):
    raw = sample("hard--postfix-user-unknown", survey)
    mail_of(survey).delete()

    assert note(reports_in([Incoming(raw)], LATER), LATER) == 0


def test_nothing_is_ever_answered(survey):
    names = [name for name in SAMPLES if finding_of(name) == "nothing"]
    mails = [Incoming(sample(names[n % len(names)], survey)) for n in range(1000)]

    note(reports_in(mails, LATER), LATER)

    assert django_mail.outbox == []
    assert not MailboxMessage.objects.exists()
    assert not ProcrastinateJob.objects.exists()
    assert not DeliveryEvent.objects.exists()
    assert Survey.objects.count() == 1


def test_tokens_of_a_batch_are_looked_up_at_once(survey, django_assert_num_queries):
    mails = [Incoming(sample("complained--redacted-but-unsubscribe-link", survey))] * 20

    with django_assert_num_queries(1):
        assert len(reports_in(mails, LATER)) == 20


@pytest.mark.parametrize("date", ["", "yesterday", "Sun, 99 Nov 2026", "\xff\xfe", "1 2"])
def test_a_date_that_is_none_is_now(survey, date):
    raw = sample("hard--postfix-user-unknown", survey).replace(
        b"Date: Sun, 01 Nov 2026 12:04:59 +0000", b"Date: " + date.encode("latin-1"), 1
    )

    reading = read(Incoming(raw), LATER)

    assert reading
    assert reading.at == LATER


# ---- hostile mail


def head(survey, kind="multipart/report; boundary=b"):
    path = f"bounces+{signed_ids.sign('bounce', survey.id)}@mail.acme.example"
    return (
        f"From: mailer-daemon@x\nTo: {path}\nSubject: Undelivered\nContent-Type: {kind}\n".encode()
    )


def nested(depth):
    raw = b""
    for level in range(depth):
        raw += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level)
    return raw + b"Content-Type: text/plain\n\n550 5.1.1 user unknown\n"


def itself(survey):
    raw = sample("hard--postfix-user-unknown", survey)
    for _ in range(40):
        raw = (
            raw[: READ // 2]
            + b"\n--=_b0undary\nContent-Type: message/rfc822\n\n"
            + raw[: READ // 2]
        )
    return raw


BOMBS = {
    "nested multiparts": lambda s: head(s) + b"\n--b\n" + nested(5000),
    "nested messages": lambda s: (
        head(s) + b"\n--b\n" + b"Content-Type: message/rfc822\n\n" * 30_000
    ),
    "a report that holds itself": itself,
    "many parts": lambda s: head(s) + b"\n" + b"--b\n\n\n" * 200_000,
    "many blocks": lambda s: (
        head(s) + b"\n--b\nContent-Type: message/delivery-status\n\n" + b"A: b\n\n" * 200_000
    ),
    "many empty blocks": lambda s: (
        head(s) + b"\n--b\nContent-Type: message/delivery-status\n\n" + b"\n" * 1_000_000
    ),
    "many headers": lambda s: b"X: y\n" * 200_000 + head(s) + b"\n",
    "one header": lambda s: b"X-Long: " + b"y" * 1_000_000 + b"\n" + head(s) + b"\n550",
    "a header of many lines": lambda s: head(s)[:-1] + b'; x="' + b'\n ;"' * 300_000 + b"\n\n",
    "one endless line": lambda s: head(s, "text/plain") + b"\n" + b"a" * 20_000_000,
    "one line of signs": lambda s: (
        head(s, "text/plain") + b"\nfailed addresses follow:\n" + b"\\" * 900_000
    ),
    "no line is an address": lambda s: (
        head(s, "text/plain") + b"\nfailed addresses follow:\n" + (b"a" * 299 + b"\n") * 3000
    ),
    "spaces": lambda s: head(s, "text/plain") + b"\nfailed addresses follow:\n" + b" " * 900_000,
    "encoded words": lambda s: b"Subject: " + b"=?utf-8?q?" * 90_000 + b"\n" + head(s) + b"\n",
    "an encoding that is none": lambda s: (
        head(s, "text/plain; charset=zip\nContent-Transfer-Encoding: x-uu")
        + b"\n\xff\xfe\x00" * 1000
    ),
    "punycode": lambda s: (
        head(s, "text/plain; charset=punycode") + b"\nUndelivered " + b"a-9999" * 100_000
    ),
    "idna": lambda s: head(s, "text/plain; charset=idna") + b"\nxn--" + b"\xff" * 100_000,
    "not base64": lambda s: (
        head(s, "text/plain\nContent-Transfer-Encoding: base64") + b"\n=====" * 90_000
    ),
    "uuencode": lambda s: (
        head(s, "text/plain\nContent-Transfer-Encoding: x-uuencode")
        + b"\nbegin 644 x\n"
        + b"M" * 100_000
    ),
    "only zeros": lambda s: b"\0" * 1_000_000,
    "nothing": lambda s: b"",
    "a broken boundary": lambda s: head(s, 'multipart/report; boundary="') + b"\n--\n",
    "an empty boundary": lambda s: head(s, 'multipart/report; boundary=""') + b"\n--\n--\n",
    "no content type": lambda s: head(s, ";;;=;=") + b"\n550 5.1.1 user unknown",
    "failed recipients": lambda s: (
        b"X-Failed-Recipients: " + b"a@b," * 200_000 + b"\n" + head(s) + b"\n"
    ),
    "comments": lambda s: b"X-Failed-Recipients: " + b"(" * 900_000 + b"\n" + head(s) + b"\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_takes_bounded_time_and_memory_and_stops_nothing(survey, name):
    raw = BOMBS[name](survey)
    good = Incoming(sample("hard--postfix-user-unknown", survey))
    tracemalloc.start()
    started = time.thread_time()

    found = reports_in([Incoming(raw), good], LATER)

    seconds = time.thread_time() - started
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seconds < 10  # tracing makes it several times slower than it is
    assert peak < 64 * 1024 * 1024
    assert found[-1].mail_id == survey.id


PIECES = st.sampled_from(
    [
        *(b"\n", b"\r\n", b"\n\n", b"\0", b" ", b"\t", b"\x85", b"=?x?q?y?=", b"Status: \xff"),
        *(b"--=_b0undary", b"--=_b0undary--", b"Action: failed\n", b"Status: 5.1.1\n"),
        *(b"Content-Type: message/rfc822\n\n", b"Content-Type: message/delivery-status\n\n"),
        b"Content-Type: multipart/report; boundary==_b0undary\n",
        b"Content-Transfer-Encoding: base64\n",
        b'Content-Type: text/plain; charset="idna"\n',
        *(
            b"Diagnostic-Code: smtp; 550",
            b"550 5.1.1 user unknown\n",
            b"X-Failed-Recipients: a@b\n",
        ),
        *(b"Feedback-Type: abuse\n", b"Content-Type: message/feedback-report\n\n"),
        b"List-Unsubscribe: </u/aaaaaaaaaaaaaaaaaaaaaa>\n",
    ]
)


@settings(
    max_examples=settings().max_examples * 3,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    name=st.sampled_from(SAMPLES),
    cuts=st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 200), PIECES), max_size=8),
    tail=st.binary(max_size=200),
)
def test_no_mail_stops_the_intake(survey, name, cuts, tail):
    raw = sample(name, survey)
    for at, removed, piece in cuts:
        raw = raw[:at] + piece + raw[at + removed :]

    for report in reports_in([Incoming(raw + tail), Incoming(tail, ("", "@", "a@b"))], LATER):
        assert report.mail_id == survey.id


# What flufl.bounce says of its samples itself, and those that are no bounces.
DELAYED = {f"dsn_{n}" for n in ("05", "06", "07", "08", "17")}
DELAYED |= {f"simple_{n}" for n in ("03", "21", "22", "28", "35", "40")}
NO_BOUNCES = {"bounce_01", "dumbass_01", "groupwise_03", "qmail_08", "simple_43"}


def test_what_mailman_was_sent_is_about_the_survey_of_its_return_path(survey, subtests):
    for path in MAILMANS:
        with subtests.test(path.stem):
            is_about_its_survey(survey, path)


def is_about_its_survey(survey, path):
    ours = f"bounces+{signed_ids.sign('bounce', survey.id)}@mail.acme.example"
    raw = as_sent(path)

    found = kinds(Incoming(raw, (ours,)))

    assert found == kinds(Incoming(raw.replace(b"\n", b"\r\n"), (ours,)))
    assert kinds(Incoming(raw)) == []  # it came to no return path of ours
    if path.stem in NO_BOUNCES:
        assert found == []
    elif path.stem in DELAYED:
        assert found == [(survey.id, "delayed")]
    else:
        [(survey_id, kind)] = found
        assert survey_id == survey.id
        assert kind in {"soft_bounced", "hard_bounced"}


def test_there_are_no_fewer_of_them():
    assert len(MAILMANS) == 117


def test_delayed_and_temporary_reports_never_suppress(survey):
    """Whatever the rest of a delayed or 4.x.x report says, nobody is hard-bounced by it."""
    for name in SAMPLES:
        raw = sample(name, survey)
        delayed = re.sub(rb"(?m)^Action: \w+", b"Action: delayed", raw)
        temporary = re.sub(rb"(?m)^Status: 5(\.\d+\.\d+)", rb"Status: 4\1", raw)
        for mail in (delayed, temporary):
            if mail != raw:
                assert ("hard_bounced") not in [kind for _, kind in kinds(Incoming(mail))]


def test_the_survey_of_someone_elses_installation_is_unknown(survey):
    raw = sample("hard--postfix-user-unknown", survey, return_path=f"b+{uuid4().hex}@x.example")

    assert kinds(Incoming(raw)) == []
