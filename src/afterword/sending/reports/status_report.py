"""Delivery status notifications in the form of RFC 3464 (and 6533): what each says. Pure."""

import re
from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser
from typing import NamedTuple

from afterword.mail.ways.severity import is_hard
from afterword.sending.reports.finding import Finding
from afterword.sending.reports.raw_mail import header, parts, text_of, texts

_MOST_BLOCKS = 200
_EXPLANATION = 4000
_BLANK_LINE = re.compile(r"\n[ \t]*\n")


class _Recipient(NamedTuple):
    """What the report says of one recipient; `words` are the other server's own."""

    action: str
    status: str
    words: str


def read(message: Message) -> tuple[Finding, str] | None:
    """Return what a report means, and in what words; None if the mail is no such report."""
    statuses = [part for part in parts(message) if _is_status(part)]
    if not statuses:
        return None
    found = [one for part in statuses for one in _recipients(part)]
    if not found:
        return None
    explanation = next(texts(message), "")[:_EXPLANATION]
    if failed := [one for one in found if _has_failed(one)]:
        return _failure(failed, explanation)
    if delayed := [one for one in found if _is_delayed(one)]:
        return Finding.DELAYED, _words(delayed[0], explanation)
    if delivered := [one for one in found if one.action.startswith("deliver")]:
        return Finding.DELIVERED, _words(delivered[0], explanation)
    return Finding.NOTHING, ""


def _failure(failed: list[_Recipient], explanation: str) -> tuple[Finding, str]:
    """The mildest counts: an address may be forwarded to several, of which one is no more."""
    for one in failed:
        if not is_hard(one.status, one.words or explanation):
            return Finding.SOFT_BOUNCED, _words(one, explanation)
    return Finding.HARD_BOUNCED, _words(failed[0], explanation)


def _has_failed(one: _Recipient) -> bool:
    """OpenSMTPD says `error`; some put comments on the action, and some leave it out."""
    return one.action.startswith(("fail", "error")) or (not one.action and one.status[:1] == "5")


def _is_delayed(one: _Recipient) -> bool:
    return one.action.startswith("delay") or (not one.action and one.status[:1] == "4")


def _words(one: _Recipient, explanation: str) -> str:
    return one.words or f"{one.status} {' '.join(explanation[:500].split())}".strip()


def _is_status(part: Message) -> bool:
    return part.get_content_type().endswith(("/delivery-status", "/global-delivery-status"))


def _recipients(part: Message) -> Iterator[_Recipient]:
    for block in _blocks(part):
        action = header(block, "Action").lower()
        status = header(block, "Status")
        if action or status:
            kind, semicolon, words = header(block, "Diagnostic-Code").partition(";")
            yield _Recipient(action, status, (words if semicolon else kind).strip())


def _blocks(part: Message) -> Iterator[Message]:
    """The parser makes a message of each block; of other subtypes, or if encoded, it does not."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        yield from _from_text(text_of(part))
        return
    for block in payload[:_MOST_BLOCKS]:
        if isinstance(block, Message):
            yield block
            if not block.is_multipart():
                encoding = part.get("Content-Transfer-Encoding")
                if encoding and not block.keys():
                    block["Content-Transfer-Encoding"] = str(encoding)
                yield from _from_text(text_of(block))


def _from_text(text: str) -> Iterator[Message]:
    text = text.replace("\r\n", "\n").strip()
    for block in _BLANK_LINE.split(text, _MOST_BLOCKS)[:_MOST_BLOCKS] if text else ():
        yield HeaderParser().parsestr(block)
