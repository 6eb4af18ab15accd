"""What a refusal is about, in the words of servers that people meet."""

import pytest

from afterword.mail.ways.faults import Fault
from afterword.mail.ways.replies import Reply, about_message, about_recipient, about_sender

RECIPIENT = [
    ("550 5.1.1 The email account that you tried to reach does not exist", Fault.RECIPIENT),
    ("550 5.1.0 Address rejected", Fault.RECIPIENT),
    ("550 5.1.0 Sender denied", Fault.SENDER),
    ("501 5.1.3 Bad recipient address syntax", Fault.RECIPIENT),
    ("550 5.1.10 RESOLVER.ADR.RecipientNotFound", Fault.RECIPIENT),
    ("556 5.1.10 null MX", Fault.RECIPIENT),
    ("550 5.2.1 The account is disabled", Fault.RECIPIENT),
    ("552 5.2.2 mailbox full", Fault.TEMPORARY),
    ("452 4.2.2 mailbox full", Fault.TEMPORARY),
    ("550 5.2.3 too long", Fault.MESSAGE),
    ("550 5.3.2 system not accepting messages", Fault.TEMPORARY),
    ("550 5.4.1 Recipient address rejected: Access denied", Fault.RECIPIENT),
    ("550 5.4.4 Unable to route", Fault.TEMPORARY),
    ("550 5.5.0 Requested action not taken: mailbox unavailable", Fault.RECIPIENT),
    ("503 5.5.1 Error: need MAIL command", Fault.SERVER),
    ("550 5.7.1 Message rejected due to content", Fault.MESSAGE),
    ("550 5.7.1 <a@b.example>: Sender address rejected: not owned by user", Fault.SENDER),
    ("550 5.7.26 Unauthenticated email is not accepted", Fault.MESSAGE),
    ("550 5.7.515 Access denied, sending domain does not meet the level", Fault.MESSAGE),
    ("550 5.7.60 SMTP; Client does not have permissions to send as this sender", Fault.SENDER),
    ("550 5.7.17 mailbox owner has changed", Fault.RECIPIENT),
    ("530 5.7.0 Authentication required", Fault.SERVER),
    ("535 5.7.8 credentials invalid", Fault.SERVER),
    ("554 5.7.1 <c@d.example>: Relay access denied", Fault.TEMPORARY),
    ("550 relaying denied", Fault.TEMPORARY),
    ("550 No such user here", Fault.RECIPIENT),
    ("551 User not local", Fault.RECIPIENT),
    ("550 Sender verify failed", Fault.SENDER),
    ("550 rejected because of spam policy", Fault.MESSAGE),
    ("553 sorry, your IP is on our blacklist", Fault.MESSAGE),
    ("552 exceeded storage allocation", Fault.TEMPORARY),
    ("554 transaction failed", Fault.MESSAGE),
    ("450 greylisted", Fault.TEMPORARY),
    ("354 what?", Fault.SERVER),
]


def reply(text: str) -> Reply:
    return Reply(int(text[:3]), text[4:])


@pytest.mark.parametrize(("text", "fault"), RECIPIENT)
def test_an_answer_to_rcpt(text, fault):
    assert about_recipient(reply(text)) is fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("451 4.3.0 later", Fault.TEMPORARY),
        ("550 5.1.8 no such domain", Fault.SENDER),
        ("553 5.7.1 sender address rejected", Fault.SENDER),
        ("552 5.3.4 message size exceeds limit", Fault.MESSAGE),
        ("555 5.5.4 unsupported option", Fault.MESSAGE),
        ("530 5.7.0 must issue STARTTLS", Fault.SERVER),
        ("503 5.5.1 nested MAIL", Fault.SERVER),
        ("421 4.7.0 bye", Fault.SERVER),
    ],
)
def test_an_answer_to_mail(text, fault):
    assert about_sender(reply(text)) is fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("451 4.3.0 later", Fault.TEMPORARY),
        ("421 4.7.0 bye", Fault.TEMPORARY),
        ("550 5.1.1 nobody after all", Fault.RECIPIENT),
        ("552 5.2.2 mailbox full", Fault.TEMPORARY),
        ("554 5.6.0 bad content", Fault.MESSAGE),
        ("550 5.7.1 spam", Fault.MESSAGE),
        ("552 too much mail data", Fault.MESSAGE),
        ("354 more", Fault.UNKNOWN),
    ],
)
def test_an_answer_to_the_body(text, fault):
    assert about_message(reply(text)) is fault


def test_words_are_kept_short_and_storable():
    assert str(Reply(550, "\0" + "x" * 5000)).startswith("550 xxx")
    assert len(str(Reply(550, "x" * 5000))) == 1000
