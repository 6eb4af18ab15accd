"""What the public pages show: a survey in the brand of its template, and nothing of its person."""

import re
import secrets
from dataclasses import dataclass
from functools import cached_property, lru_cache
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from afterword.core.liquid import Text, TextRefused
from afterword.feedback.answering.answer import COMMENT_LIMIT
from afterword.feedback.answering.visit import new_visit
from afterword.feedback.models import Response
from afterword.survey_templates.letters.brand import Shades, shades
from afterword.survey_templates.letters.design import ACCENT
from afterword.survey_templates.metrics import SCALES, Metric, Scale
from afterword.survey_templates.models import Template
from afterword.surveys.models import Invitation

PROMPT = "What is the main reason for your score?"
THANKS = "Thank you! Your answer helps us to do better."
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_ORIGIN = re.compile(r"https?://[\w.:\[\]-]+")


@dataclass(frozen=True)
class Choice:
    """One score button."""

    value: int
    meaning: str  # for screen readers


@dataclass(frozen=True)
class Brand:
    company: str
    logo: str
    colours: Shades


@dataclass(frozen=True)
class SurveyPage:
    """A survey to be answered, with what its visitor has said so far.

    `answer` is the one that stands, if there is one.
    """

    invitation: Invitation
    hit: UUID  # of the fetch that it answers; every later POST from it says so
    score: int | None = None
    comment: str = ""
    problem: str = ""
    is_repeated: bool = False  # asks to press Send once more
    answer: Response | None = None
    known_visit: str = ""  # that goes on
    shows_comment: bool = False  # of the answer that stands: an empty field removes it then

    limit = COMMENT_LIMIT

    @property
    def scale(self) -> Scale:
        return SCALES[Metric(self.invitation.survey.metric)]

    @property
    def is_stars(self) -> bool:
        return self.invitation.survey.metric == Metric.STAR

    @property
    def choices(self) -> list[Choice]:
        return [Choice(score, self._meaning(score)) for score in self.scale.scores]

    @property
    def question(self) -> str:
        return said_to_anyone(self.invitation.template.question) or self.scale.question

    @property
    def prompt(self) -> str:
        return said_to_anyone(self.invitation.template.comment_prompt) or PROMPT

    @property
    def thanks(self) -> str:
        return said_to_anyone(self.invitation.template.thanks) or THANKS

    @property
    def address(self) -> str:
        return page_address(self.invitation)

    @cached_property
    def visit(self) -> str:
        if self.known_visit:
            return self.known_visit
        return new_visit(self.invitation.answer_token, self.hit, is_repeated=self.is_repeated)

    @property
    def brings_score(self) -> bool:
        """Whether the link alone says a score that is not the answer yet."""
        return self.score is not None and not self.problem and self.answer is None

    @property
    def picture(self) -> str:
        """What whoever shows the page asks for."""
        return reverse("feedback:shown", args=[self.invitation.answer_token, self.hit])

    def _meaning(self, score: int) -> str:
        if self.is_stars:
            return "star" if score == 1 else "stars"
        ends = {
            self.scale.lowest: self.scale.lowest_label,
            self.scale.highest: self.scale.highest_label,
        }
        return ends.get(score, "")


def page_address(invitation: Invitation) -> str:
    return reverse("feedback:survey", args=[invitation.answer_token])


@lru_cache(maxsize=1000)
def said_to_anyone(source: str) -> str:
    """Return a template's text without its person: a link that is passed on shows no name.

    A text that needs its person is empty.
    """
    try:
        return Text(source).render({}).strip()
    except TextRefused:
        return ""


def brand_of(template: Template) -> Brand:
    """The look of a template, whose workspace must be loaded."""
    return Brand(
        company=template.workspace.name,
        logo=f"/logos/{template.logo_id}" if template.logo_id else template.logo_url,
        colours=_shades(template.colour),
    )


def show(
    name: str, template: Template | None, context: dict[str, object], status: int = 200
) -> HttpResponse:
    """Render a public page in the brand of `template`; None where nobody's may be shown."""
    brand = brand_of(template) if template else Brand("", "", shades(ACCENT))
    nonce = secrets.token_urlsafe(12)
    html = render_to_string(f"feedback/{name}", {**context, "brand": brand, "nonce": nonce})
    return sealed(HttpResponse(html, status=status), nonce, brand.logo)


def sealed(response: HttpResponse, nonce: str = "", logo: str = "") -> HttpResponse:
    """Let the page talk to nobody but us (and where its logo is), be kept nowhere, tell nobody."""
    address = urlsplit(logo)
    origin = f"{address.scheme}://{address.netloc}"
    own = f"'nonce-{nonce}'" if nonce else "'none'"
    response.headers["Content-Security-Policy"] = "; ".join((
        "default-src 'none'",
        f"script-src {own}",
        f"style-src {own}",
        "connect-src 'self'",
        f"img-src 'self' data: {origin if _ORIGIN.fullmatch(origin) else ''}".rstrip(),
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ))  # fmt: skip
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@lru_cache(maxsize=1000)
def _shades(colour: str) -> Shades:
    return shades(colour if _COLOUR.fullmatch(colour) else ACCENT)
