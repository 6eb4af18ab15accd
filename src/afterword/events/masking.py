"""Hides keys in what was sent before a person is shown it: only hashes of them are kept. Pure."""

import re

# A key may be written plainly, with escapes of JSON or of addresses, once or more often, or in
# two bytes or four for each letter, of which those that are NUL have become U+FFFD. A run of
# backslashes is looked at from its beginning only, so that many take no longer than their number.
_ESCAPED = r"(?:(?<!\\)\\++(?:u00|x)|%(?:25)*+)"
_BETWEEN = "\ufffd*+"
_LETTER = rf"{_BETWEEN}(?:[\w-]|{_ESCAPED}[2-7][0-9a-f])"
_A, _W, _LINE = (rf"(?:{letter}|{_ESCAPED}{ord(letter):x}){_BETWEEN}" for letter in ("a", "w", "_"))
_LONG = 20  # a word such as `draw_line` is no key; digits that the end cut off may be one
_KEY = rf"{_A}{_W}{_LINE}(?:(?:{_LETTER}){{{_LONG},}}+|[0-9a-f]*+$)"
# "aw_" in base64, at the start of three bytes, at their second and at their third.
_BASE64 = r"(?-i:YXdf|[GWm2]F3X(?=[w-z0-9+/_-])|hd1[89])(?:[\w+/-]{16,}+|[\w+/-]*+$)=*"
# And by its name, for the keys of other systems, which have other forms.
_NAMED = (
    r"(?P<name>(?:write|api)[_-]?key\\*[\"']?\s*+(?:[:=]|%3a)\s*+\\*[\"']?)"
    r"[^\"'\\&\s,;}]++"
)
_SECRET = re.compile(rf"{_NAMED}|{_KEY}|{_BASE64}", re.IGNORECASE | re.ASCII)


def masked(text: str) -> str:
    """Return the text with `…` in place of each key, as far as one can be told."""
    return _SECRET.sub(lambda match: f"{match['name'] or ''}…", text)
