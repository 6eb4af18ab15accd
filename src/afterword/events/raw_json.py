"""Work on JSON as bytes, where a decoder would refuse the whole: clean, measure, split. Pure."""

import re
from collections.abc import Iterator

from afterword.core.foreign_json import BRACKETS, STRING

REPLACEMENT = rb"\ufffd"

# Possessive quantifiers keep each of these linear, whatever is sent.
_SPACE = re.compile(rb"[ \t\r\n]*+")
_NAME = re.compile(STRING, re.DOTALL)
_SCALAR = re.compile(rb'[^\s,:\[\]{}"]++')
_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a pair: one character
    rb"|(?P<bad>u0000|u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


class Malformed(Exception):
    """The text is not JSON even in outline: a string or a bracket never ends."""


def without_bad_escapes(text: bytes) -> bytes:
    r"""Replace what PostgreSQL cannot hold, \u0000 and lone surrogates, by U+FFFD."""
    if b"\\u" not in text or not _SUSPECT.search(text):
        return text
    return _ESCAPE.sub(lambda match: REPLACEMENT if match["bad"] else match[0], text)


def members(text: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and value of each member of an object, undecoded; raises Malformed."""
    at = _expect(b"{", text, _skip(text, 0))
    while text[at : at + 1] != b"}":
        name = _NAME.match(text, at)
        if not name:
            raise Malformed
        start = _skip(text, _expect(b":", text, _skip(text, name.end())))
        end = _end_of_value(text, start)
        yield name[0], text[start:end]
        at = _next(text, end, b"}")
    if _skip(text, at + 1) != len(text):
        raise Malformed


def elements(text: bytes) -> Iterator[bytes]:
    """Yield the elements of an array, undecoded; raises Malformed."""
    at = _skip(text, _expect(b"[", text, 0))
    while text[at : at + 1] != b"]":
        end = _end_of_value(text, at)
        yield text[at:end]
        at = _next(text, end, b"]")


def _skip(text: bytes, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _expect(sign: bytes, text: bytes, at: int) -> int:
    if text[at : at + 1] != sign:
        raise Malformed
    return _skip(text, at + 1)


def _next(text: bytes, end: int, closing: bytes) -> int:
    at = _skip(text, end)
    return at if text[at : at + 1] == closing else _expect(b",", text, at)


def _end_of_value(text: bytes, at: int) -> int:
    first = text[at : at + 1]
    if first in (b"{", b"["):
        return _end_of_brackets(text, at)
    match = (_NAME if first == b'"' else _SCALAR).match(text, at)
    if not match:
        raise Malformed
    return match.end()


def _end_of_brackets(text: bytes, at: int) -> int:
    depth = 0
    for match in BRACKETS.finditer(text, at):
        if opened := match["open"]:
            depth += len(opened)
        elif closed := match["close"]:
            if len(closed) >= depth:
                return match.start() + depth
            depth -= len(closed)
        elif match["cut"]:
            break
    raise Malformed
