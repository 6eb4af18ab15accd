"""Read a mail that anybody may have sent: in bounded time and memory, whatever it holds. Pure.

The standard library's parser takes time and memory in proportion to lines times depth, so both
are limited before it starts.
"""

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from typing import NamedTuple

READ = 1024 * 1024  # bytes of a mail; what says why it came back stands at its beginning
_MOST_PARTS = 20  # that may hold others, and so as deep as it may be nested
_CONTAINER = re.compile(rb"content-type:[\x00-\x20]*(?:multipart|message)/", re.IGNORECASE)
_ENCLOSED = ("message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers")
# Codecs that are no character sets, or take time out of proportion.
_ODD_CODECS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7"}
_RECIPIENTS = (
    "Delivered-To",
    "X-Original-To",
    "Envelope-To",
    "X-Envelope-To",
    "X-Delivered-To",
    "X-RCPT-To",
    "To",
)
_ADDRESS = re.compile(r"[^\s<>,;\"()]{1,256}@[^\s<>,;\"()]{1,253}")


class Bounds(NamedTuple):
    """How much of a mail is read; a header is a line with those that continue it, in bytes."""

    size: int = READ
    lines: int = 20_000
    line: int = 10_000
    header: int = 10_000


MAIL = Bounds()


class TooDeep(ValueError):
    """A mail nested deeper, or in more parts with parts of their own, than a report ever is."""


def parse(raw: bytes, bounds: Bounds = MAIL) -> Message:
    """Return the beginning of the mail, as far as `bounds` go; raises TooDeep."""
    kept = b"\n".join(_lines(raw[: bounds.size], bounds))
    if len(_CONTAINER.findall(kept)) > _MOST_PARTS:
        raise TooDeep
    return message_from_bytes(kept)


def _lines(raw: bytes, bounds: Bounds) -> Iterator[bytes]:
    length = 0
    for line in raw.splitlines()[: bounds.lines]:
        length = length + len(line) if line[:1] in (b" ", b"\t") else len(line)
        if length <= bounds.header or length == len(line):
            yield line[: bounds.line]


def header(message: Message, name: str) -> str:
    """Return a header's text, decoded, on one line; empty where there is none."""
    value = message.get(name)
    if value is None:
        return ""
    text = str(value)
    with suppress(ValueError, LookupError, MessageError):  # an encoding that is none
        text = str(make_header(decode_header(text)))
    return " ".join(_readable(text).split())


def text_of(part: Message) -> str:
    """Return the text of a part that has no parts, decoded as well as it can be."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = str(part.get_param("charset", "utf-8") or "utf-8")
    return payload.decode(_codec(charset), "replace")


def texts(message: Message) -> Iterator[str]:
    """Yield the texts of a mail, not those of the mails enclosed in it."""
    for part in parts(message):
        if part.get_content_maintype() == "text" and part.get_content_type() not in _ENCLOSED:
            yield text_of(part)


def parts(message: Message) -> Iterator[Message]:
    """Yield the parts of a mail that have no parts, and enclosed mails as one part each."""
    inner = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(inner, list):
        for part in inner:
            if isinstance(part, Message):
                yield from parts(part)
    else:
        yield message


def enclosed(message: Message) -> Message | None:
    """Return the first mail enclosed in a report, or what is left of it: its headers."""
    for part in parts(message):
        if part.get_content_type() in _ENCLOSED:
            inner = part.get_payload()
            if isinstance(inner, list) and inner and isinstance(inner[0], Message):
                return inner[0]
            return message_from_bytes(text_of(part).encode("utf-8", "replace"))
    return None


def recipients(message: Message) -> Iterator[str]:
    """Yield the addresses that a mail says it was delivered to."""
    for name in _RECIPIENTS:
        for value in message.get_all(name, [])[:10]:
            yield from _ADDRESS.findall(str(value))[:10]


def _codec(charset: str) -> str:
    try:
        name = codecs.lookup(charset).name
        b"a".decode(name)  # not every codec makes text of bytes
    except (LookupError, ValueError):
        return "utf-8"
    return "utf-8" if name.replace("-", "_") in _ODD_CODECS or name in _ODD_CODECS else name


def _readable(text: str) -> str:
    """Bytes that were no ASCII are taken for UTF-8."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
