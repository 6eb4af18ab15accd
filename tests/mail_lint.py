"""Whether mail programs will show a mail as it is meant: a lint for tests. Pure.

A mail is read twice: as Outlook on Windows reads it, whose engine is Word's and which heeds
conditional comments, and as every other program does. What each can draw is in `mail_support`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from afterword.mail.message.rendered import Rendered
from tests.mail_support import (
    CELLS,
    DRAWN,
    ELEMENTS,
    FOREIGN_VALUES,
    LARGEST,
    LARGEST_STYLE,
    LEFT_OUT,
    LONGEST_LINE,
    WORDS_OWN,
)

_VOID = frozenset({"meta", "br", "img", "w:anchorlock", "o:allowpng"})
_FOR_OTHERS = re.compile(r"<!--\[if !mso\]><!-->(.*?)<!--<!\[endif\]-->", re.DOTALL)
_FOR_WORD = re.compile(r"<!--\[if ([^]!]*)\]>(.*?)<!\[endif\]-->", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_COLOUR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)


def faults(mail: Rendered) -> list[str]:
    """Return what is wrong with a mail, in sentences; none where it is fit."""
    word, others = Reading(as_word_reads(mail.html)), Reading(as_others_read(mail.html))
    found = [*_of_document(mail, others), *_of_links(mail, others)]
    for reading in (word, others):
        found += [*reading.broken, *_of_elements(reading)]
    found += [fault for one in word.elements for fault in _of_width_in_word(one)]
    found += [fault for one in word.elements for fault in _of_style_in_word(one)]
    return list(dict.fromkeys(found))


def as_word_reads(html: str) -> str:
    html = _FOR_OTHERS.sub("", html)
    html = _FOR_WORD.sub(lambda part: part[2] if part[1] in ("mso", "mso | IE") else "", html)
    return _COMMENT.sub("", html)


def as_others_read(html: str) -> str:
    return _COMMENT.sub("", _FOR_WORD.sub("", _FOR_OTHERS.sub(r"\1", html)))


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    above: "Element | None"
    words: str = ""
    style: dict[str, str] = field(default_factory=dict)
    below: "list[Element]" = field(default_factory=list)

    def __str__(self) -> str:
        of = self.attributes.get("class") or self.attributes.get("href", "")
        return f"<{self.tag} {of}>" if of else f"<{self.tag}>"

    def upwards(self) -> "Iterator[Element]":
        above = self.above
        while above:
            yield above
            above = above.above


class Reading(HTMLParser):
    """A mail's elements as one kind of program reads them, and what does not nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.broken: list[str] = []
        self._open: list[Element] = []
        self.feed(html)
        self.broken += [f"{one} is never closed" for one in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        above = self._open[-1] if self._open else None
        element = Element(tag, {name: value or "" for name, value in attrs}, above)
        for declaration in element.attributes.get("style", "").split(";"):
            name, colon, value = declaration.partition(":")
            if colon:
                element.style[name.strip().lower()] = value.strip()
        self.elements.append(element)
        for one in self._open:
            one.below.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1].tag == tag:
            self._open.pop()
        elif tag not in _VOID:
            self.broken.append(f"</{tag}> closes something else")

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.words += data


def _of_document(mail: Rendered, reading: Reading) -> Iterator[str]:
    if not mail.subject.strip():
        yield "no subject"
    if not mail.html.lstrip().lower().startswith("<!doctype html>"):
        yield "no doctype"
    if len(mail.html.encode()) > LARGEST:
        yield "so large that Gmail clips it"
    if mail.html.isascii() and max(map(len, mail.html.split("\n"))) > LONGEST_LINE:
        yield "a line is too long"
    first = reading.elements[0]
    if not first.attributes.get("lang") or first.attributes.get("dir") not in ("ltr", "rtl"):
        yield "no language, or no direction"
    for one in reading.elements:
        if one.tag == "title" and not one.words.strip():
            yield "no title"
        if one.tag == "style":
            yield from _of_style_sheet(one.words)


def _of_style_sheet(sheet: str) -> Iterator[str]:
    if len(sheet) > LARGEST_STYLE:
        yield "a style element is so long that Gmail drops it"
    if foreign := re.search(r"@(?!media\b)[\w-]+|url\(|expression", sheet):
        yield f"a style element has {foreign[0]}"


def _of_elements(reading: Reading) -> Iterator[str]:
    for one in reading.elements:
        if one.tag not in ELEMENTS | WORDS_OWN:
            yield f"{one}: no element for a mail"
        if script := next((name for name in one.attributes if name.startswith("on")), None):
            yield f"{one} has {script}"
        if one.tag == "table":
            yield from _of_table(one)
        if one.tag == "img":
            yield from _of_image(one)
        for name, value in one.style.items():
            yield from _of_declaration(one, name, value)


def _of_table(table: Element) -> Iterator[str]:
    wanted = ("border", "cellpadding", "cellspacing")
    if table.attributes.get("role") != "presentation":
        yield f"{table} is read out as a table"
    if missing := [name for name in wanted if name not in table.attributes]:
        yield f"{table} has no {', '.join(missing)}"
    if "border-spacing" in table.style and table.attributes.get("cellspacing") == "0":
        yield f"{table} has no gaps in Word"


def _of_image(image: Element) -> Iterator[str]:
    if "alt" not in image.attributes:
        yield f"{image} has no alternative text"
    if urlsplit(image.attributes.get("src", "")).scheme not in ("http", "https"):
        yield f"{image} has no address"
    if "height" not in image.attributes:
        yield f"{image} has no height"
    if "width" not in image.attributes and "max-width" not in image.style:
        yield f"{image} has no width, and may grow as wide as it likes"


def _of_declaration(one: Element, name: str, value: str) -> Iterator[str]:
    if not (name in DRAWN or name in LEFT_OUT or name.startswith(("mso-", "v-"))):
        yield f"{one}: {name} is not drawn everywhere"
    if foreign := next((word for word in FOREIGN_VALUES if word in value), None):
        yield f"{one}: {name} says {foreign}"
    if name.endswith("color") and not _COLOUR.fullmatch(value):
        yield f"{one}: {name} is {value}, not #rrggbb"
    if name.startswith("margin") and "-" in value:
        yield f"{one}: Gmail drops a margin of {value}"


def _of_style_in_word(one: Element) -> Iterator[str]:
    for name, value in one.style.items():
        drawn_on = DRAWN.get(name, frozenset())
        if drawn_on is None or one.tag in drawn_on or name.startswith(("mso-", "v-")):
            continue
        if name not in LEFT_OUT and one.tag not in WORDS_OWN:
            yield f"{one}: Word draws no {name}"
        if name == "padding" and value != "0" and "mso-padding-alt" not in one.style:
            yield f"{one}: Word draws padding on cells only"
    if one.tag == "a" and "background-color" in one.style:
        yield f"{one}: Word colours the words of a link alone"


def _of_width_in_word(one: Element) -> Iterator[str]:
    """What may not be wider than so much stands in a table of that width at most."""
    most = one.style.get("max-width", "").removesuffix("px")
    if one.tag != "img" and most.isdigit() and int(most):
        widths = [above.attributes.get("width", "") for above in one.upwards()]
        if not any(width.isdigit() and int(width) <= int(most) for width in widths):
            yield f"{one}: in Word it is wider than {most} pixels"
    if one.tag == "table" and not _has_width(one):
        yield f"{one} has no width in Word"


def _has_width(table: Element) -> bool:
    """A table of class `fit` is as wide as what is in it: a button."""
    cells = [one for one in table.below if one.tag in CELLS]
    return table.attributes.get("class") == "fit" or any(
        "width" in one.attributes or "width" in one.style for one in (table, *cells)
    )


def _of_links(mail: Rendered, reading: Reading) -> Iterator[str]:
    for one in reading.elements:
        if one.tag != "a":
            continue
        address = one.attributes.get("href", "")
        if urlsplit(address).scheme not in ("http", "https", "mailto"):
            yield f"{one} leads nowhere"
        if one.attributes.get("aria-hidden"):
            continue
        if not one.words.strip():
            yield f"{one} says nothing"
        if address.removeprefix("mailto:") not in mail.text:
            yield f"{one} is not in the text"
