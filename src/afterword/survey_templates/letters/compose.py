"""Mail, first step: from a template and a person to a survey mail's subject, HTML and text. Pure.

Whoever saves a template asks `problems`; whoever sends compiles it once and renders a mail
for each person. Texts are Liquid (`core/liquid.py`), the look is `layout.py` with `survey.mjml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from afterword.core.liquid import Text, TextRefused
from afterword.core.text import header_line
from afterword.mail.message.rendered import Rendered
from afterword.survey_templates.letters.brand import DARK_CARD, shades
from afterword.survey_templates.letters.design import WRITTEN, Design, DesignRefused, problems
from afterword.survey_templates.letters.layout import (
    OPEN_PIXEL,
    TRAP,
    html_outline,
    text_outline,
)
from afterword.survey_templates.letters.person import person_values, unlinked, wrapped
from afterword.survey_templates.metrics import SCALES
from afterword.survey_templates.wording.words import is_leftward, words_for

__all__ = [
    "CompiledMail",
    "Design",
    "DesignRefused",
    "Links",
    "compile_mail",
    "problems",
]

SUBJECT_LIMIT = 250
_LOGO_WIDTH, _LOGO_HEIGHT = 220, 44  # pixels, at most


@dataclass(frozen=True, slots=True)
class Links:
    """One survey's addresses. Score n is `{survey}?score=n`; `view` is `survey` unless given.

    `trap` is for machines: nobody sees it, and it is in the HTML only. `open_pixel` is the
    picture that tells of the mail being opened; without it there is none.
    """

    survey: str
    unsubscribe: str
    view: str = ""
    trap: str = ""
    open_pixel: str = ""


def compile_mail(design: Design) -> "CompiledMail":
    """Do once what is the same for every person. Raise DesignRefused where there are problems."""
    if found := problems(design):
        raise DesignRefused(" ".join(found))
    return CompiledMail(design)


class CompiledMail:
    """A template ready to be filled for any number of people; safe to share between threads."""

    __slots__ = ("_bodies", "_html", "_names", "_question", "_subject", "_text")

    def __init__(self, design: Design) -> None:
        words = words_for(design.language)
        texts = {name: Text(getattr(design, name).strip()) for name in WRITTEN}
        own = _own_texts(design)  # no Liquid: a company's name may look like some
        texts = {name: text for name, text in texts.items() if name not in own}
        self._subject = texts.pop("subject")
        self._question = texts["question"]
        self._names = self._subject.names.union(*(text.names for text in texts.values()))
        self._bodies = {name: text for name, text in texts.items() if not text.fixed}
        fixed = own | {name: text.source for name, text in texts.items() if text.fixed}
        look = SCALES[design.metric].look(design.scores)
        self._html = html_outline(design.metric, look, words).bind(_html_of_design(design))
        self._html = self._html.bind(_html_of_texts(fixed))
        self._text = text_outline(design.metric, words).bind(_text_of_design(design))
        self._text = self._text.bind(_text_of_texts(fixed))

    def render(self, person: Mapping[str, object], links: Links) -> Rendered:
        """One person's mail. `person` holds PERSON_FIELDS and the workspace's properties by name.

        Raise DesignRefused where a text fails on this very person.
        """
        values = person_values(person, self._names)
        quiet = unlinked(values) if values else values
        try:
            subject = header_line(self._subject.render(values))
            bodies = {name: text.render(quiet) for name, text in self._bodies.items()}
            subject = subject or header_line(self._question.render(values))
        except TextRefused as refusal:
            raise DesignRefused(f"A text of this template {refusal}.") from refusal
        addresses = _addresses(links)
        in_html = {name: escape(address) for name, address in addresses.items()}
        pixel = OPEN_PIXEL.format(address=escape(links.open_pixel)) if links.open_pixel else ""
        in_html["open_pixel"] = pixel
        in_html["trap"] = TRAP.format(address=escape(links.trap)) if links.trap else ""
        return Rendered(
            subject[:SUBJECT_LIMIT].rstrip(),
            self._html.fill(in_html | _html_of_texts(bodies)),
            self._text.fill(addresses | _text_of_texts(bodies)),
        )


def _own_texts(design: Design) -> dict[str, str]:
    """Afterword's own footer and preheader, where the template has none."""
    words = words_for(design.language)
    own = {"footer": words.footer.format(company=design.company), "preheader": words.preheader}
    return {name: text for name, text in own.items() if not getattr(design, name).strip()}


def _addresses(links: Links) -> dict[str, str]:
    return {
        "survey": links.survey,
        "unsubscribe": links.unsubscribe,
        "view": links.view or links.survey,
    }


def _labels(design: Design) -> dict[str, str]:
    lowest, highest = words_for(design.language).labels(design.metric)
    return {
        "lowest_label": design.lowest_label or lowest,
        "highest_label": design.highest_label or highest,
    }


def _html_of_design(design: Design) -> dict[str, str]:
    words, colours = words_for(design.language), shades(design.colour)
    leftward = is_leftward(design.language)
    plain = {
        "lang": design.language,
        "dir": "rtl" if leftward else "ltr",
        "start": "right" if leftward else "left",
        "end": "left" if leftward else "right",
        "title": design.company,
        "unsubscribe_word": words.unsubscribe,
        "view_word": words.view,
        "accent": colours.accent,
        "edge": colours.edge,
        "on_accent": colours.on_accent,
        "star": colours.star,
        "dark_card": DARK_CARD,
        "dark_accent": colours.dark_accent,
        "dark_on_accent": colours.dark_on_accent,
        **_labels(design),
    }
    html = {"logo": _logo(design), "reply": _paragraphs(_reply(design), "14px 0 0")}
    return {name: escape(value) for name, value in plain.items()} | html


def _reply(design: Design) -> str:
    """The invitation to reply with a number; nothing where replies are not taken."""
    scale = SCALES[design.metric]
    words = words_for(design.language).reply if design.invites_reply else ""
    return words.format(lowest=scale.lowest, highest=scale.highest)


def _logo(design: Design) -> str:
    """The logo as large as it fits, which Outlook heeds in attributes only; readable if blocked."""
    sender = escape(design.sender)
    if not design.logo_url:
        return sender
    width, height = design.logo_width, design.logo_height
    size = 'height="44"'  # how wide that is, the mail program works out
    fit = "height:auto;width:auto;"
    if width and height:
        share = min(1, _LOGO_WIDTH / width, _LOGO_HEIGHT / height)
        size = f'width="{max(1, round(width * share))}" height="{max(1, round(height * share))}"'
        fit = ""
    return (
        f'<img src="{escape(design.logo_url)}" alt="{sender}" {size} style="display:block;{fit}'
        f'max-height:{_LOGO_HEIGHT}px;max-width:{_LOGO_WIDTH}px;font-size:19px;font-weight:700">'
    )


def _html_of_texts(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: _IN_HTML[name](text) for name, text in texts.items()}


def _paragraphs(text: str, margin: str) -> str:
    """Blank lines part paragraphs, as the writer typed them; other line ends stay line ends."""
    pieces = escape(text.strip()).split("\n\n") if text.strip() else []
    return "".join(
        f'<p dir="auto" style="margin:{margin}">{piece.strip().replace(chr(10), "<br>")}</p>'
        for piece in pieces
    )


_IN_HTML = {
    "question": lambda text: escape(header_line(text)),
    "preheader": lambda text: escape(header_line(text)),
    "intro": lambda text: _paragraphs(text, "0 0 18px"),
    "footer": lambda text: _paragraphs(text, "0"),
}


def _text_of_design(design: Design) -> dict[str, str]:
    scale = SCALES[design.metric]
    choose = words_for(design.language).choose
    ends = {"lowest": scale.lowest, "highest": scale.highest}
    reply = _reply(design)
    return {
        "choose": wrapped(choose.format(**ends, **_labels(design))),
        "reply": f"{wrapped(reply)}\n\n" if reply else "",
    }


def _text_of_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """Texts of the plain part; what follows the intro keeps its distance only if there is one."""
    plain = {name: wrapped(text.strip()) for name, text in texts.items()}
    if plain.get("intro"):
        plain["intro"] += "\n\n"
    return plain
