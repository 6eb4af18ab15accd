"""A mail of each metric as a real SMTP server gets it: signed, and strictly well-formed."""

import re
from collections import Counter
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import dkim
import pytest

from afterword.core.links import unsubscribe_link
from afterword.mail.senders import find
from afterword.mail.servers.find import Servers
from afterword.sending.loop import SenderLoop
from afterword.survey_templates.metrics import Metric
from tests.factories import (
    a_campaign,
    a_customer,
    a_sender_domain,
    a_survey,
    a_template,
    a_workspace,
)
from tests.smtp import smtp_sink

pytestmark = pytest.mark.django_db(transaction=True)
AWKWARD = {
    "subject": "Jak to šlo, {{ first_name }}? 🎉 " * 5,
    "intro": ".\n..dots\n.\nFrom here\n--=_x\n\n" + "x" * 1500 + "\n\n日本語 and blanks  \t .",
    "sender_name": 'Smith & "Sons", <Ltd>',
}
ONE_CLICK = {"list-unsubscribe", "list-unsubscribe-post"}
ALWAYS_SIGNED = ONE_CLICK | {"from", "to", "subject", "date", "message-id", "feedback-id"}


@pytest.fixture
def delivered():
    """Send the survey of a metric from a verified domain; return it and the octets that came."""
    find._kept.clear()
    loops = []

    def deliver(metric: Metric, **fields: str):
        workspace = a_workspace(sender_address="hello@acme.com")
        domain = a_sender_domain(workspace, "acme.com")
        customer = a_customer(
            workspace, email="zoe@example.com", first_name="Žluťoučký " * 20, last_name="K" * 200
        )
        campaign = a_campaign(workspace, metric, template=a_template(workspace, metric, **fields))
        survey = a_survey(campaign, customer=customer)
        loop = SenderLoop(lambda: Servers(server, {}))
        loops.append(loop)
        loop.send_due()
        [content] = sink.received
        return survey, domain, content

    with smtp_sink() as (sink, server):
        yield deliver
        for loop in loops:
            loop.close()


@pytest.mark.parametrize("fields", [{}, AWKWARD], ids=["plain", "awkward"])
@pytest.mark.parametrize("metric", list(Metric))
def test_a_mail_of_each_metric_keeps_to_every_rule(delivered, metric, fields):
    survey, domain, content = delivered(metric, **fields)

    message = strictly_parsed(content)
    assert signed_by(domain, content) >= ALWAYS_SIGNED
    assert message["From"].addresses[0].addr_spec == "hello@acme.com"
    assert message["List-Unsubscribe"] == f"<{unsubscribe_link(survey.unsubscribe_token)}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == f"<surveys-{survey.survey.campaign_id}.acme.com>"
    told = f"{survey.survey.campaign_id}:{survey.workspace_id}:{metric}:afterword"
    assert f"\r\nFeedback-ID: {told}\r\n".encode() in content  # as it is: programs read it
    for part in ("plain", "html"):
        body = message.get_body((part,))
        assert body
        text = body.get_content()
        assert survey.answer_token in text
        assert survey.unsubscribe_token in text


def test_a_mail_whose_logo_has_gone_goes_in_the_companys_name(delivered):
    survey, _, content = delivered(Metric.NPS, logo_url="")

    body = strictly_parsed(content).get_body(("html",))
    assert body
    assert survey.workspace.name in body.get_content()
    assert "/logos/" not in body.get_content()


def signed_by(domain, content: bytes) -> set[str]:
    """Verify the signature; return the names of the headers under it."""
    name = f"{domain.selector}._domainkey.{domain.name}.".encode()
    records = {name: f"v=DKIM1; k=rsa; p={domain.public_key}".encode()}
    verifier = dkim.DKIM(content)
    assert verifier.verify(dnsfunc=lambda name, timeout=5: records.get(name))
    return {name.decode() for name, _ in verifier.signed_headers}


def strictly_parsed(content: bytes) -> EmailMessage:
    """RFC 5322 and MIME, without a single defect."""
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    assert content.isascii()
    assert b"\0" not in content
    head = content.partition(b"\r\n\r\n")[0]
    for field in re.split(rb"\r\n(?![ \t])", head):
        assert re.match(rb"[!-9;-~]+: ?\S", field), field
        assert not re.search(rb"\r\n[ \t]+(\r\n|\Z)", field), field
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    assert not [name for name, count in Counter(map(str.lower, message)).items() if count > 1]
    for part in message.walk():
        assert part.defects == []
        assert not [value.defects for value in part.values() if value.defects]
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    return message
