"""Reads a message of the local mailbox as a mail program would."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast
from uuid import UUID

from afterword.mail.models import MailboxMessage


@dataclass(frozen=True, slots=True)
class Kept:
    id: UUID
    to: str
    subject: str
    headers: dict[str, str]  # values of one name are joined with commas
    text: str
    html: str
    sent_at: datetime


def read(message: MailboxMessage) -> Kept:
    parsed = message_from_bytes(bytes(message.content), policy=policy.default)
    headers: dict[str, str] = {}
    for name, value in parsed.items():
        headers[name] = f"{headers[name]}, {value}" if name in headers else str(value)
    return Kept(
        id=message.id,
        to=message.recipient,
        subject=headers.get("Subject", message.subject),
        headers=headers,
        text=_body(parsed, "plain"),
        html=_body(parsed, "html"),
        sent_at=message.sent_at,
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(cast(EmailMessage, part).get_content()).replace("\r\n", "\n") if part else ""
