"""The header fields of a mail (RFC 5322, 2047, 6532); what cannot be one is refused. Pure."""

import re
from binascii import b2a_base64
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

import idna

from afterword.core.text import header_line

LINE = 78  # RFC 5322, 2.1.1
VALUE_LIMIT = 900  # so that a value which cannot be folded keeps to the 998 of the same section
DISPLAY_NAME_LIMIT = 64
_ENCODED_BYTES = 42  # of UTF-8 in one encoded word, which RFC 2047 limits to 75 characters
_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+"
_LOCAL = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_VISIBLE = re.compile(r"[!-~]+")
_PRINTABLE = re.compile(r"[ -~]+")
_MESSAGE_ID = re.compile(r"<[!#-;=?A-Z^-~]+@[!#-;=?A-Z^-~]+>")


class MessageRefused(ValueError):
    """A message that no attempt could send; its text names the header and is safe to show."""

    def __init__(self, header: str, why: str) -> None:
        super().__init__(f"{header}: {why}")
        self.header = header


def mailbox(header: str, name: str, address: str) -> str:
    """`header: "name" <address>`, folded; the name without controls and not overlong."""
    address = ascii_domain(header, address)
    name = header_line(name)[:DISPLAY_NAME_LIMIT].rstrip()
    if not name:
        return f"{header}: {address}"
    if _needs_encoding(name):
        words = _encoded_words(name)
    else:
        words = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    line = f"{header}: {words}"
    fits = len(line.rpartition("\n")[2]) + len(address) + 3 <= LINE
    return f"{line} <{address}>" if fits else f"{line}\r\n <{address}>"


def addresses(header: str, values: Sequence[str]) -> str:
    """`header: address, address`, each on a line of its own."""
    return f"{header}: " + ",\r\n ".join(ascii_domain(header, one) for one in values)


def text(header: str, value: str) -> str:
    """A field of free text: on one line at first, then folded, and encoded where it must be."""
    return f"{header}: {_unstructured(header_line(value), len(header) + 2)}"


def plain(header: str, value: str) -> str:
    """A field of printable ASCII, folded, for programs: it is never encoded, but refused."""
    words = header_line(_matching(header, value, _PRINTABLE)).split(" ")
    return f"{header}: {_folded(words, len(header) + 2)}"


def moment(header: str, when: datetime) -> str:
    """A date, told in UTC."""
    if when.tzinfo is None:
        raise MessageRefused(header, "a time without a time zone")
    return f"{header}: {_in_words(when.replace(microsecond=0))}"


@lru_cache(maxsize=16)  # many mails have the same second
def _in_words(when: datetime) -> str:
    return format_datetime(when.astimezone(UTC))


def message_id(header: str, value: str) -> str:
    """`value` with its angle brackets."""
    return f"{header}: {_matching(header, value, _MESSAGE_ID)}"


def web_address(header: str, address: str) -> str:
    """An address in angle brackets, as RFC 2369 has it."""
    _matching(header, address, _VISIBLE)
    if not address.startswith(("https://", "http://")) or any(c in address for c in '<>,"'):
        raise MessageRefused(header, "not a web address")
    return f"{header}: <{address}>"


def ascii_domain(header: str, address: str) -> str:
    """A bare address, its domain in ASCII; refused if it could be read as another or as two."""
    local, at, domain = address.rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or len(local.encode("utf-8", "replace")) > 64:
        raise MessageRefused(header, "not one plain e-mail address")
    if "=?" in local or not local.isprintable():
        raise MessageRefused(header, "an e-mail address that other programs would read differently")
    if not domain.isascii():
        domain = _punycode(header, domain)
    if not _DOMAIN.fullmatch(domain):
        raise MessageRefused(header, "an e-mail address without a proper domain")
    return f"{local}@{domain}"


def _punycode(header: str, domain: str) -> str:
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError as fault:
        raise MessageRefused(header, "an e-mail address without a proper domain") from fault


def _unstructured(value: str, used: int) -> str:
    """`value` folded, its first line after `used` columns."""
    if _needs_encoding(value):
        return _encoded_words(value)
    if used + len(value) <= LINE:
        return value
    words = value.split(" ")
    if max(map(len, words)) > LINE - used:
        return _encoded_words(value)
    return _folded(words, used)


def _folded(words: list[str], used: int) -> str:
    lines = [words[0]]
    for word in words[1:]:
        if used + len(lines[-1]) + 1 + len(word) > LINE:
            lines.append(word)
            used = 1
        else:
            lines[-1] += f" {word}"
    return "\r\n ".join(lines)


def _needs_encoding(value: str) -> bool:
    """Foreign letters do, and whatever a reader would take for an encoded word."""
    return not value.isascii() or "=?" in value


def _encoded_words(value: str) -> str:
    """RFC 2047: words of base64, one a line, none of which cuts a character in two."""
    raw = value.encode("utf-8", "replace")
    words, start = [], 0
    while start < len(raw):
        end = start + _ENCODED_BYTES
        while end < len(raw) and raw[end] & 0xC0 == 0x80:
            end -= 1
        words.append(f"=?utf-8?b?{b2a_base64(raw[start:end], newline=False).decode()}?=")
        start = end
    return "\r\n ".join(words)


def _matching(header: str, value: str, pattern: re.Pattern[str]) -> str:
    if len(value) > VALUE_LIMIT or not pattern.fullmatch(value) or not value.strip():
        raise MessageRefused(header, "empty, too long, or with characters not allowed there")
    return value
