"""Reads JSON that strangers sent: no deeper than one can go on to work with. Pure."""

import re

import msgspec

MAX_DEPTH = 64

# Possessive quantifiers keep each of these linear, whatever is sent.
STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
# Runs of brackets come in one piece, so that 10,000 of them cost no more than one.
BRACKETS = re.compile(STRING + rb'|(?P<open>[\[{]++)|(?P<close>[\]}]++)|(?P<cut>")', re.DOTALL)


class Malformed(ValueError):
    """What was sent is not JSON, or nested too deeply; the text says which."""


def read(text: bytes) -> object:
    """Return the value; raises Malformed."""
    if is_deeper_than(MAX_DEPTH, text):
        raise Malformed(f"The JSON is nested deeper than {MAX_DEPTH} levels.")
    try:
        value: object = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(f"The JSON cannot be read: {error}.") from None
    return value


def is_deeper_than(limit: int, text: bytes) -> bool:
    if text.count(b"{") + text.count(b"[") <= limit:
        return False
    depth = 0
    for match in BRACKETS.finditer(text):
        if opened := match["open"]:
            depth += len(opened)
            if depth > limit:
                return True
        elif closed := match["close"]:
            depth -= len(closed)
    return False
