"""Write an autoresponder's mail: Liquid in its subject and body, links and emphasis in the latter.

What is known of a person is text in it, whatever it holds: neither markup nor a link. Pure.
"""

import re
from collections.abc import Mapping, Sequence
from html import escape, unescape

import nh3

from afterword.core.liquid import Text, TextRefused
from afterword.core.text import header_line
from afterword.survey_templates.letters.person import (
    PERSON_FIELDS,
    Listing,
    person_values,
    unlinked,
    wrapped,
)

OWN_FIELDS = ("score", "rating_category", "comment", "survey_link")
FIELDS = (*PERSON_FIELDS, *OWN_FIELDS)
OWN_LINKS = ("survey_link",)
SUBJECT_LIMIT = 250
_TAGS = {"a", "b", "strong", "i", "em", "br", "p"}
_ANCHOR = re.compile(r'<a\b[^>]*?href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_BREAK = re.compile(r"<br ?/?>|</p>")
_TAG = re.compile(r"<[^>]*>")
Button = Mapping[str, str]


class CannotBeWritten(ValueError):
    """A text that fails on these values; safe to show."""


def subject_of(source: str, person: Mapping[str, object], own: Mapping[str, object]) -> str:
    text = _parsed(source)
    return header_line(_rendered(text, person_values(person, text.names) | {**own}))[
        :SUBJECT_LIMIT
    ].rstrip()


def html_of(source: str, person: Mapping[str, object], own: Mapping[str, object]) -> str:
    """Return the body as HTML: its own links and emphasis, and nothing of anybody's values."""
    text = _parsed(source)
    # A comment may be a stranger's, who claims to be this person; links of ours stay links.
    links = {name: own[name] for name in OWN_LINKS if name in own}
    values = unlinked(person_values(person, text.names) | {**own}) | links
    filled = _rendered(text, {name: _escaped(value) for name, value in values.items()})
    paragraphs = re.split(r"\n\s*\n", filled.replace("\r\n", "\n").strip())
    marked = "".join(f"<p>{one.strip().replace(chr(10), '<br>')}</p>" for one in paragraphs)
    return nh3.clean(
        marked,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )


def text_of(html: str, buttons: Sequence[Button]) -> str:
    """Return the same as plain text, with links written out."""
    told = _ANCHOR.sub(lambda link: f"{link[2]}: {link[1]}", html)
    told = _BREAK.sub(lambda tag: "\n" if tag[0] != "</p>" else "\n\n", told)
    lines = [unescape(_TAG.sub("", told)).strip()]
    lines += [f"{button['label']}: {button['url']}" for button in buttons]
    return wrapped("\n\n".join(lines))


def _parsed(source: str) -> Text:
    try:
        return Text(source)
    except TextRefused as refusal:
        raise CannotBeWritten(f"A text {refusal}.") from None


def _rendered(text: Text, values: Mapping[str, object]) -> str:
    known = {name: value for name, value in values.items() if value not in (None, "")}
    try:
        return text.render(known)
    except TextRefused as refusal:
        raise CannotBeWritten(f"A text {refusal}.") from None


def _escaped(value: object) -> object:
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, Listing):
        return Listing(_escaped(item) for item in value)
    return value
