"""What a survey template is to the mail that is made of it, and what may be wrong with it. Pure."""

import re
from dataclasses import dataclass
from itertools import chain
from urllib.parse import urlsplit

from afterword.core.liquid import Text, TextRefused
from afterword.survey_templates.letters.person import PERSON_FIELDS, person_values
from afterword.survey_templates.metrics import Metric, ScoreLook

ACCENT = "#2b5c8a"
LABEL_LIMIT = 60
WRITTEN = ("subject", "question", "intro", "footer", "preheader")  # the fields in Liquid
_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A template's look and words. `subject` to `preheader` are Liquid, the rest is plain.

    Empty texts mean: no intro, Afterword's own footer and preheader, the scale's own labels.
    A logo's size is in pixels, and 0 where it is not known.
    Without a logo the sender's name stands in its place, which is the company's unless given.
    """

    metric: Metric
    subject: str
    question: str
    company: str
    intro: str = ""
    footer: str = ""
    preheader: str = ""
    logo_url: str = ""
    logo_width: int = 0
    logo_height: int = 0
    colour: str = ACCENT
    lowest_label: str = ""
    highest_label: str = ""
    language: str = "en"
    invites_reply: bool = False
    scores: ScoreLook | None = None
    sender_name: str = ""

    @property
    def sender(self) -> str:
        return self.sender_name or self.company


class DesignRefused(ValueError):
    """A template that cannot become a mail, for all or for this person; safe to show."""


def problems(design: Design) -> list[str]:
    """What is wrong with a template, in sentences for whoever writes it; empty when it is fit."""
    return [*_plain_problems(design), *chain(*(_text_problems(design, name) for name in WRITTEN))]


def _plain_problems(design: Design) -> list[str]:
    checks = {
        "The subject is empty.": design.subject.strip(),
        "The question is empty.": design.question.strip(),
        "The company's name is empty.": design.company.strip(),
        "The colour is not written as #rrggbb.": _COLOUR.fullmatch(design.colour),
        "The language is not a tag such as en or pt-BR.": _LANGUAGE.fullmatch(design.language),
        "The logo's address does not start with https:// or http://.": _is_web(design.logo_url),
        f"A label of the scale is longer than {LABEL_LIMIT} characters.": (
            max(len(design.lowest_label), len(design.highest_label)) <= LABEL_LIMIT
        ),
    }
    return [problem for problem, passed in checks.items() if not passed]


def _is_web(address: str) -> bool:
    if not address:
        return True
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _text_problems(design: Design, name: str) -> list[str]:
    """Parse a text, then try it on someone and on someone of whom nothing is known."""
    try:
        text = Text(getattr(design, name))
        text.render(person_values(dict.fromkeys(PERSON_FIELDS, "Ann"), text.names))
        text.render(person_values({}, text.names))
    except TextRefused as refusal:
        return [f"The {name} {refusal}."]
    return []
