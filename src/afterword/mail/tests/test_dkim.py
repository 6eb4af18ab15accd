"""Signatures, verified by dkimpy, byte for byte; `tests/clients` has a second verifier."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import dkim
import pytest
from dkim.canonicalization import Relaxed
from hypothesis import given
from hypothesis import strategies as st

from afterword.mail.message.assemble import build
from afterword.mail.message.dkim import BadKey, Signer, _canonical, _canonical_body, public_key
from afterword.survey_templates.letters.compose import Design, Links, compile_mail
from afterword.survey_templates.metrics import SCALES, Metric
from tests.factories import a_private_key

AT = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
RECORD = f"v=DKIM1; k=rsa; p={public_key(a_private_key())}".encode()
SIGNED = (
    "From", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post",
    "MIME-Version", "Content-Type",
)  # fmt: skip


@cache
def signer() -> Signer:
    """Whoever signs keeps nothing of a mail, and a key takes longer to read than to sign with."""
    return Signer("acme.com", "afterword-1a2b3c", a_private_key())


def a_mail(metric: Metric = Metric.NPS, **fields: str) -> bytes:
    design = replace(
        Design(
            metric=metric,
            subject="How was it, {{ first_name }}?",
            question=SCALES[metric].question,
            intro="",
            logo_url="https://acme.com/logo.png",
            colour="#206bc4",
            company="Acme",
        ),
        **fields,  # type: ignore[arg-type]  # mypy takes the metric to be among them
    )
    rendered = compile_mail(design).render(
        {"first_name": "Zoë"}, Links("https://a.acme.com/s/t", "https://a.acme.com/u/t")
    )
    return build(
        rendered,
        sender="surveys@acme.com",
        sender_name="Žluťoučký kůň " * 80,
        recipient="zoe@example.com",
        recipient_name="Z" * 1000,
        message_id="<1@acme.com>",
        date=AT,
        unsubscribe="https://a.acme.com/u/t",
    )


def verifies(content: bytes) -> bool:
    return bool(dkim.verify(content, dnsfunc=lambda name, timeout=5: RECORD))


@pytest.mark.parametrize("metric", list(Metric))
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"subject": "Jak to šlo? 🎉 " * 20},
        {"intro": "word " * 1000},
        {"intro": "x" * 5000},
        {"intro": ".\n..dots\n.\nFrom here\n--=_x"},
        {"intro": "  blanks \t and\ttabs  \n\n\n\n  "},
        {"intro": "日本語 " * 300},
    ],
)
def test_a_signed_mail_verifies(metric, fields):
    assert verifies(signer().sign(a_mail(metric, **fields)))


def test_the_mail_itself_stays_as_it_was():
    content = a_mail()

    signed = signer().sign(content)

    assert signed.endswith(b"\r\n" + content)
    assert b"\n" not in signed.replace(b"\r\n", b"")


def test_the_same_mail_gets_the_same_signature():
    content = a_mail()

    assert signer().sign(content) == signer().sign(content)


def test_the_headers_that_matter_are_signed_and_none_can_be_added():
    signed = signer().sign(a_mail())
    names = signed.partition(b" h=")[2].partition(b";")[0].decode().split(":")
    names = [name.strip() for name in names]

    for name in SIGNED:
        assert names.count(name.lower()) == 2, name
    assert names.count("cc") == names.count("reply-to") == 1


def test_lines_of_the_signature_are_short():
    head = signer().sign(a_mail()).partition(b"\r\nFrom:")[0]

    assert max(map(len, head.split(b"\r\n"))) <= 78


@pytest.mark.parametrize("header", SIGNED)
def test_a_header_that_was_changed_breaks_the_signature(header):
    signed = signer().sign(a_mail())

    name = f"\r\n{header}: ".encode()
    assert name in signed
    assert not verifies(signed.replace(name, name + b"x", 1))


@pytest.mark.parametrize("header", [*SIGNED, "Cc", "Reply-To"])
def test_a_header_that_was_added_breaks_the_signature(header):
    assert not verifies(f"{header}: x\r\n".encode() + signer().sign(a_mail()))


def test_a_body_that_was_changed_breaks_the_signature():
    assert not verifies(
        signer().sign(a_mail()).replace(b"multipart", b"multiparT").replace(b"</html>", b"</htmL>")
    )


def test_what_relays_do_to_white_space_breaks_nothing():
    signed = signer().sign(a_mail())

    folded = signed.replace(b"Auto-Submitted: ", b"Auto-Submitted:\r\n\t ")
    assert folded != signed
    assert verifies(folded + b"\r\n\r\n")


def test_a_long_domain_can_be_signed_for():
    domain = ".".join(["a" * 60] * 3)
    content = a_mail().replace(b"acme.com", domain.encode())

    assert verifies(Signer(domain, "afterword-1a2b3c", a_private_key()).sign(content))


BLANKS = st.text("a \t\r\n.é", max_size=60).map(
    lambda text: text.replace("\r", "").replace("\n", "\r\n").encode()
)


@given(BLANKS)
def test_the_canonical_body_is_dkimpys(body):
    body += b"\r\n"  # as every message of ours ends

    assert _canonical_body(body) == Relaxed.canonicalize_body(body)


@given(st.sampled_from([b"Subject", b"X-Y ", b"to"]), BLANKS)
def test_canonical_headers_are_dkimpys(name, value):
    ours = _canonical([(name, value)])

    assert ours == b"%b:%b" % Relaxed.canonicalize_headers([(name, value)])[0]


@pytest.mark.parametrize("body", [b"", b"\r\n", b"\r\n\r\n\r\n", b"  \r\n\t\r\n"])
def test_an_empty_body_is_none_at_all(body):
    assert _canonical_body(body) == b""


@pytest.mark.parametrize("key", ["", "junk", "-----BEGIN PRIVATE KEY-----\nx\n-----END"])
def test_what_is_no_key_is_refused(key):
    with pytest.raises(BadKey):
        Signer("acme.com", "s", key)
