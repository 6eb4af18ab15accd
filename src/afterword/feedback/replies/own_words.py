"""What somebody wrote themselves in a reply: without what is quoted and what signs it. Pure.

Mail programs mark neither in one way, so these are their usual ways in the languages that surveys
speak. Each line is looked at once, however long the mail is.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

# "On 3 May 2026, Acme <a@acme.test> wrote:", which may be wrapped over a few lines.
_WROTE = re.compile(
    r"(?:wrote|writes|schrieb|a écrit|escribió|escribio|ha scritto|schreef|escreveu|napsal\(a\)"
    r"|napsala?|napisał\(a\)|napisał[ao]?|skrev|כתב|כתבה|كتب|のメッセージ|書きました|さんは書きました)"
    r"[^\n]{0,200}[:\uff1a]?\s*$",
    re.IGNORECASE,
)
_ENDS_WROTE = re.compile(r"[:\uff1a]\s*$")
_BEGINS_LEAD = re.compile(r"(?:On|Am|Le|El|Il|Op|Em|Dne|Dnia|W dniu|Den|På)\s.*\d")
_YEAR = re.compile(r"(?:19|20)\d\d")
# "-----Original Message-----" in any language, and the line that Outlook draws.
_RULE = re.compile(r"\s*(?:[-_]{2,}\s?[^-_\n]{3,60}\s?[-_]{2,}|[_-]{5,})\s*$")
_FROM = re.compile(
    r"\s*\*?(?:From|Von|De|Da|Van|Od|Från|Fra|差出人|من|מאת)\*?\s?[:\uff1a]", re.IGNORECASE
)
_FIELD = re.compile(r"\s*\*?[^\s:\uff1a][^:\uff1a\n]{0,24}[:\uff1a]")
_SIGNS = re.compile(r"--\s*$")
_SENT_FROM = re.compile(
    r"\s*(?:Sent from (?:my|mail|outlook|yahoo)|Get Outlook for|Von meinem .{1,40} gesendet"
    r"|Gesendet (?:von|mit)|Envoyé (?:de|depuis) mon|Enviado (?:desde|do|de) m|Inviato da"
    r"|Verstuurd vanaf|Verzonden vanaf|Odesláno z|Wysłane? z|Skickat från|Sendt fra"
    r"|أُرسلت من|נשלח מ)|.{0,40}から送信\s*$",
    re.IGNORECASE,
)
_QUOTES = {"gmail_quote", "gmail_quote_container", "yahoo_quoted", "moz-cite-prefix"}
_QUOTE_IDS = {"divrplyfwdmsg", "appendonsend", "reply-intro"}
_BREAKS = {"br", "div", "p", "li", "tr", "h1", "h2", "h3"}


def own_words(text: str) -> str:
    """Return the lines before the first that is quoted or signs."""
    lines = text.replace("\r\n", "\n").replace("\u2028", "\n").replace("\xa0", " ").split("\n")
    kept: list[str] = []
    for at, whole in enumerate(lines):
        line = whole[:400]
        if line.lstrip().startswith(">"):
            return _joined(_without_lead(kept))
        if _ENDS_WROTE.search(line) and _WROTE.search(line) and _is_dated([*kept[-2:], line]):
            return _joined(_without_lead([*kept, line]))
        if _RULE.match(line) or _SIGNS.match(line) or _SENT_FROM.match(line):
            break
        if _FROM.match(line) and any(map(_FIELD.match, lines[at + 1 : at + 3])):
            break
        kept.append(whole)
    return _joined(kept)


def _is_dated(lines: list[str]) -> bool:
    return any("@" in line or _YEAR.search(line) for line in lines)


def _without_lead(kept: list[str]) -> list[str]:
    """Leave out what leads to a quote, wrapped over a few lines, in whatever language."""
    while kept and not kept[-1].strip():
        kept = kept[:-1]
    if not (kept and _ENDS_WROTE.search(kept[-1][:400]) and _is_dated(kept[-3:])):
        return kept
    kept = kept[:-1]
    for _ in range(2):
        if kept and (_BEGINS_LEAD.match(kept[-1]) or _is_dated(kept[-1:])):
            kept = kept[:-1]
    return kept


def _joined(lines: list[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip()


def text_of_html(html: str) -> str:
    """Return what a mail in HTML says up to its quote, with a line for each block."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "".join(reader.said)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._ended = False
        self._silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        classes = set((given.get("class") or "").split())
        self._ended |= tag in {"blockquote", "hr"} or bool(classes & _QUOTES)
        self._ended |= (given.get("id") or "").lower() in _QUOTE_IDS
        if tag in {"style", "script", "title"}:
            self._silent = tag
        if tag in _BREAKS and not self._ended:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = ""
        if tag in _BREAKS - {"br"} and not self._ended:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not (self._ended or self._silent):
            self.said.append(re.sub(r"[\r\n]+", " ", data))


def lines_of(text: str) -> Iterator[str]:
    return (line.strip() for line in text.split("\n") if line.strip())
