"""A mail that came in, read as a person's reply to one of ours."""

import re
from collections.abc import Iterable
from email.message import Message
from email.utils import parseaddr
from hashlib import blake2b
from typing import NamedTuple
from uuid import UUID

from afterword.core.email_address import normalise
from afterword.core.text import clean_text
from afterword.feedback.replies.own_words import own_words, text_of_html
from afterword.mail.message.return_path import mail_replied_to
from afterword.sending.reports.delivery_reports import Incoming
from afterword.sending.reports.raw_mail import header, parts, recipients, text_of

TEXT_LIMIT = 10_000  # characters of a reply that are kept
_READ = 100_000  # characters of a part that are looked at
_IDS = re.compile(r"<([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})@[^\s<>@]{1,253}>")
# What programs set that answer by themselves, or send to many.
_OF_PROGRAMS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply", "List-Id",
                "X-Loop", "X-Failed-Recipients", "X-Mailer-Daemon")  # fmt: skip
_PRECEDENCE = {"bulk", "junk", "list", "auto_reply", "auto-reply"}
_AWAY = re.compile(
    r"\s*(?:(?:automatic|auto)[- ]?(?:reply|response|answer)|out of (?:the )?office|autoreply"
    r"|automatische antwort|abwesenheit|réponse automatique|absence du bureau"
    r"|respuesta automática|risposta automatica|automatisch antwoord|resposta automática"
    r"|automatická odpověď|odpowiedź automatyczna|autosvar|automatiskt svar|fuera de la oficina"
    r"|自動応答|رد تلقائي|תשובה אוטומטית)",
    re.IGNORECASE,
)


class Reply(NamedTuple):
    """`signed` is the mail that the address it came to names, `named` are those it refers to."""

    signed: UUID | None
    named: tuple[UUID, ...]
    sender: str
    words: str
    key: str


def read_reply(message: Message, mail: Incoming) -> Reply | None:
    """Return a person's reply; None for what a program sent, and what replies to nothing of ours.

    All mail of ours says that a program sent it, so one installation never takes another's for a
    reply, nor its own.
    """
    addresses = [*mail.recipients, *recipients(message)]
    signed = next((id_ for one in addresses if (id_ := mail_replied_to(one))), None)
    references = f"{header(message, 'In-Reply-To')} {header(message, 'References')}"[-8_000:]
    named = tuple(UUID(one) for one in reversed(_IDS.findall(references)))[:10]
    if not (signed or named) or is_automatic(message):
        return None
    sender = normalise(parseaddr(header(message, "From"))[1]) or ""
    return Reply(signed, named, sender, _words(message), _key(message, mail.raw))


def is_automatic(message: Message) -> bool:
    """Whether a program sent it: RFC 3834, and what was usual before that."""
    said = header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    if said not in {"", "no"} or any(name in message for name in _OF_PROGRAMS):
        return True
    if header(message, "Precedence").lower() in _PRECEDENCE:
        return True
    if header(message, "Return-Path").replace(" ", "") == "<>":
        return True
    if message.get_content_type() in {"multipart/report", "message/feedback-report"}:
        return True
    return bool(_AWAY.match(header(message, "Subject")))


def _words(message: Message) -> str:
    """The plain text counts; HTML only where there is none."""
    plain = [text_of(one) for one in _of_type(message, "text/plain")]
    text = next((one for one in plain if one.strip()), "")
    if not text:
        html = next(iter(_of_type(message, "text/html")), None)
        text = text_of_html(text_of(html)[:_READ]) if html else ""
    return clean_text(own_words(text[:_READ]))[:TEXT_LIMIT]


def _of_type(message: Message, type_: str) -> Iterable[Message]:
    return (
        one
        for one in parts(message)
        if one.get_content_type() == type_ and one.get_content_disposition() != "attachment"
    )


def _key(message: Message, raw: bytes) -> str:
    """The same mail may come by several ways, each with other headers at its top."""
    told = header(message, "Message-ID").encode("utf-8", "replace")
    told = told or raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    return blake2b(told, digest_size=16).hexdigest()
