"""Complaints that mailbox providers pass on: RFC 5965 reports, and Microsoft's way. Pure.

The address is often left out of them; the return path, or what stands in the enclosed mail's
headers and nobody could guess, tells which mail it was. Our Message-ID is none of that: it
holds the mail's id, which is no secret.
"""

import re
from email.message import Message
from email.parser import HeaderParser
from typing import NamedTuple

from afterword.sending.reports.finding import Finding
from afterword.sending.reports.raw_mail import enclosed, header, parts, text_of

_FINDINGS = {
    "abuse": Finding.COMPLAINED,
    "fraud": Finding.COMPLAINED,
    "virus": Finding.COMPLAINED,
    "other": Finding.COMPLAINED,
    "opt-out": Finding.UNSUBSCRIBED,
    "opt-out-list": Finding.UNSUBSCRIBED,
}
_MICROSOFTS = "X-HmXmrOriginalRecipient"
_UNSUBSCRIBE_LINK = re.compile(r"/u/([A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])")


class Complaint(NamedTuple):
    """`return_paths` and `unsubscribe_token` say about which mail, as far as it is there."""

    finding: Finding
    words: str
    return_paths: tuple[str, ...]
    unsubscribe_token: str


def read(message: Message) -> Complaint | None:
    """Return what a feedback report says; None if the mail is none."""
    original = enclosed(message)
    for part in parts(message):
        if part.get_content_type() == "message/feedback-report":
            return _report(_fields(part), original)
    if _MICROSOFTS in message or (original is not None and _MICROSOFTS in original):
        return _complaint(Finding.COMPLAINED, "Reported as junk to Microsoft.", (), original)
    return None


def _report(fields: Message, original: Message | None) -> Complaint:
    """Not told: `not-spam`, and `auth-failure`, which is about forged mail."""
    kind = header(fields, "Feedback-Type").lower()
    agent = header(fields, "User-Agent")
    words = f"Feedback-Type: {kind}" + (f", from {agent}" if agent else "")
    finding = _FINDINGS.get(kind, Finding.NOTHING)
    return _complaint(finding, words, (header(fields, "Original-Mail-From"),), original)


def _complaint(
    finding: Finding, words: str, return_paths: tuple[str, ...], original: Message | None
) -> Complaint:
    if original is None:
        return Complaint(finding, words, return_paths, "")
    found = _UNSUBSCRIBE_LINK.search(header(original, "List-Unsubscribe"))
    paths = (*return_paths, header(original, "Return-Path"))
    return Complaint(finding, words, paths, found[1] if found else "")


def _fields(part: Message) -> Message:
    """The parser takes the fields for the headers of an enclosed message."""
    inner = part.get_payload()
    if isinstance(inner, list) and inner and isinstance(inner[0], Message):
        if inner[0].keys():
            return inner[0]
        part = inner[0]
    return HeaderParser().parsestr(text_of(part).strip())
