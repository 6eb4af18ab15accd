"""What the public pages show: a survey in the brand of its template, and nothing of its person."""

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from afterword.core.liquid import Text, TextRefused
from afterword.feedback.answering.answer import COMMENT_LIMIT
from afterword.feedback.answering.further import Answers, Asked, shown
from afterword.feedback.answering.visit import new_visit
from afterword.feedback.language import choose_language
from afterword.feedback.models import Response
from afterword.survey_templates.document import Button, Document
from afterword.survey_templates.letters.brand import Shades, shades
from afterword.survey_templates.letters.design import ACCENT
from afterword.survey_templates.look import Look
from afterword.survey_templates.metrics import (
    SCALES,
    Bucket,
    Metric,
    Scale,
    ScoreLook,
    drawn_score,
)
from afterword.survey_templates.wording.words import Words, is_leftward, words_for
from afterword.surveys.models import Invitation

SCORE = "#"  # stands for the score in what a page's script says
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_ORIGIN = re.compile(r"https?://[\w.:\[\]-]+")


@dataclass(frozen=True)
class Choice:
    """One score button."""

    value: int
    meaning: str  # for screen readers
    mark: str  # a star or a face; nothing where the number is all


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
    wrong: str = ""  # the key of the further question that the problem is about
    is_repeated: bool = False  # asks to press Send once more
    answer: Response | None = None
    known_visit: str = ""  # that goes on
    shows_comment: bool = False  # of the answer that stands: an empty field removes it then
    shows_answers: bool = False  # the same, of what was answered further
    answers: Answers = field(default_factory=dict)
    has_consent: bool = False

    limit = COMMENT_LIMIT

    @property
    def scale(self) -> Scale:
        return SCALES[Metric(self.invitation.survey.metric)]

    @property
    def look(self) -> ScoreLook:
        return self.scale.look(self.said.scores)

    @property
    def choices(self) -> list[Choice]:
        look = self.look
        return [
            Choice(score, self._meaning(score), drawn_score(look, score))
            for score in self.scale.scores
        ]

    @property
    def question(self) -> str:
        return said_to_anyone(self.said.question) or self.scale.question

    @property
    def prompt(self) -> str:
        return self._prompt(self.bucket)

    @property
    def thanks(self) -> str:
        return said_to_anyone(self.said.thanks_for(self.bucket).text) or self.words.thanks

    def _prompt(self, bucket: Bucket | None) -> str:
        return said_to_anyone(self.said.follow_up_for(bucket)) or self.words.reason

    @property
    def metric(self) -> Metric:
        return Metric(self.invitation.survey.metric)

    @property
    def words(self) -> Words:
        """What Afterword itself says, in the language of the survey."""
        return words_for(self.said.language)

    @property
    def noted(self) -> str:
        return self.words.noted.replace("{score}", SCORE)

    @property
    def chose(self) -> str:
        return self.words.chose.format(score=self.score)

    @property
    def change_title(self) -> str:
        assert self.answer
        return self.words.change_title.format(old=self.answer.score, new=self.score)

    @property
    def change_to(self) -> str:
        return self.words.change_to.format(new=self.score)

    @property
    def keep(self) -> str:
        assert self.answer
        return self.words.keep.format(old=self.answer.score)

    @property
    def said(self) -> Document:
        return self.invitation.said

    @property
    def further(self) -> list[Asked]:
        return shown(self.said, self.invitation.asks.said, self.score, self.answers)

    @property
    def consent(self) -> str:
        return said_to_anyone(self.said.consent)

    @property
    def is_anonymous(self) -> bool:
        return self.said.anonymous

    @property
    def buttons(self) -> Sequence[Button]:
        return self.said.thanks_for(self.bucket).buttons

    @property
    def lowest_label(self) -> str:
        return self.said.lowest_label or self.words.labels(self.metric)[0]

    @property
    def highest_label(self) -> str:
        return self.said.highest_label or self.words.labels(self.metric)[1]

    @property
    def prompts(self) -> str:
        """The question beside the comment for each score, for the page's script."""
        buckets = {score: self.scale.bucket(score) for score in self.scale.scores}
        words = {b: self._prompt(b) for b in Bucket}
        if len(set(words.values())) == 1:
            return ""
        return json.dumps({score: words[bucket] for score, bucket in buckets.items()})

    @property
    def bucket(self) -> Bucket | None:
        return None if self.score is None else self.scale.bucket(self.score)

    @property
    def address(self) -> str:
        return page_address(self.invitation)

    @property
    def kiosk(self) -> int | None:
        """After how many seconds a kiosk goes back to the link that it was opened by."""
        seconds: int | None = self.invitation.survey.detail.get("kiosk")
        return seconds if self.kiosk_address else None

    @cached_property
    def kiosk_address(self) -> str:
        survey = self.invitation.survey
        if "kiosk" not in survey.detail or survey.campaign is None:
            return ""
        token = survey.campaign.link_token
        address = reverse("feedback:link", args=[token]) if token else ""
        return address and f"{address}?kiosk={survey.detail['kiosk']}"

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
        if self.look is ScoreLook.STARS:
            return "star" if score == 1 else "stars"
        ends = {
            self.scale.lowest: self.lowest_label,
            self.scale.highest: self.highest_label,
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


def brand_of(look: Look) -> Brand:
    return Brand(
        company=look.company,
        logo=f"/logos/{look.logo}" if look.logo else look.logo_url,
        colours=_shades(look.colour),
    )


def spoken_in(language: str) -> dict[str, object]:
    """Return what a page needs to speak a language."""
    direction = "rtl" if is_leftward(language) else "ltr"
    return {"words": words_for(language), "language": language, "direction": direction}


def show(
    name: str, look: Look | None, context: dict[str, object], status: int = 200
) -> HttpResponse:
    """Render a public page as its brand looks; None where nobody's may be shown."""
    brand = brand_of(look) if look else Brand("", "", shades(ACCENT))
    nonce = secrets.token_urlsafe(12)
    if isinstance(page := context.get("page"), SurveyPage):
        context = spoken_in(page.said.language) | context
    html = render_to_string(f"feedback/{name}", {**context, "brand": brand, "nonce": nonce})
    return sealed(HttpResponse(html, status=status), nonce, brand.logo)


def not_found(request: HttpRequest) -> HttpResponse:
    """Nothing is at this address, in the browser's language: there is no survey to have another."""
    language = choose_language({}, request.headers.get("Accept-Language", ""))
    return show("not_found.html", None, spoken_in(language), status=404)


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
