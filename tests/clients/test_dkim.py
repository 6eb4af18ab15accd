"""Our DKIM signatures, verified by mailauth: a program that shares nothing with what made them."""

import json
from base64 import b64encode

import pytest

from afterword.mail.message.dkim import Signer, public_key
from afterword.mail.tests.test_dkim import a_mail
from afterword.survey_templates.metrics import Metric
from tests.clients.node import HERE, run_node
from tests.factories import a_private_key

SELECTOR = "afterword-1a2b3c"
AWKWARD = {
    "subject": "Jak to šlo, {{ first_name }}? 🎉 " * 12,
    "intro": ".\n..dots\n.\n  blanks \t and\ttabs  \n\n" + "x" * 3000 + "\n日本語",
}


def results(*mails: bytes, domain: str = "acme.com") -> list[list[dict[str, str]]]:
    given = {
        "mails": [b64encode(mail).decode() for mail in mails],
        "records": {
            f"{SELECTOR}._domainkey.{domain}": f"v=DKIM1; k=rsa; p={public_key(a_private_key())}"
        },
    }
    found: list[list[dict[str, str]]] = json.loads(run_node(HERE / "verify.mjs", json.dumps(given)))
    return found


@pytest.fixture
def signer():
    return Signer("acme.com", SELECTOR, a_private_key())


def test_mails_of_every_metric_verify_and_are_aligned(signer):
    mails = [signer.sign(a_mail(metric, **fields)) for metric in Metric for fields in ({}, AWKWARD)]

    for [found] in results(*mails):
        assert found["result"] == "pass", found
        assert found["aligned"] == "acme.com"
        assert found["algorithm"] == "rsa-sha256"


def test_what_was_changed_does_not_verify(signer):
    signed = signer.sign(a_mail())
    changed = [
        signed.replace(b"\r\nSubject: ", b"\r\nSubject: x", 1),
        signed.replace(b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Two-Click", 1),
        signed.replace(b"</html>", b"</htmL>", 1),
        b"From: someone@else.com\r\n" + signed,
    ]

    assert all(mail != signed for mail in changed)
    for [found] in results(*changed):
        assert found["result"] != "pass", found
