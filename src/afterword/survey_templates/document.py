"""What a survey asks and says: one typed document, as it is stored and as files write it. Pure.

A template has the document that is being worked on; what was sent keeps a version of it. Texts are
Liquid, but for labels and addresses. What is empty has Afterword's own words, or is left out.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from afterword.survey_templates.metrics import Bucket, ScoreLook

ANY = "any"  # whatever the score; a category's own words come first


class QuestionType(StrEnum):
    RATING = "rating"
    CHOICE = "choice"
    CHOICES = "choices"
    TEXT = "text"

    @property
    def has_choices(self) -> bool:
        return self in {QuestionType.CHOICE, QuestionType.CHOICES}


class _Part(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    pass


class Button(_Part, frozen=True, kw_only=True):
    """A link below the thanks, such as to a page of reviews; `url` is no Liquid."""

    label: str
    url: str


class Thanks(_Part, frozen=True, kw_only=True):
    text: str = ""
    buttons: tuple[Button, ...] = ()


class When(_Part, frozen=True, kw_only=True):
    """When a further question is asked: by the score, or by what was answered before it."""

    lowest: int | None = None
    highest: int | None = None
    question: str = ""  # the key of an earlier one
    answers: tuple[str, ...] = ()  # any of these


class Question(_Part, frozen=True, kw_only=True):
    """A further question. Ratings are from 1 to 5."""

    key: str
    type: QuestionType
    text: str
    choices: tuple[str, ...] = ()
    required: bool = False
    when: When | None = None


class QuestionWords(_Part, frozen=True, kw_only=True):
    text: str = ""
    choices: tuple[str, ...] = ()


class _Words(_Part, frozen=True, kw_only=True):
    """What a document says in one language."""

    subject: str = ""
    preheader: str = ""
    intro: str = ""
    question: str = ""
    lowest_label: str = ""
    highest_label: str = ""
    # Above the field for a comment, by category or ANY.
    follow_up: Mapping[str, str] = {}
    # Beside a box to tick; empty for no box.
    consent: str = ""
    thanks: Mapping[str, Thanks] = {}
    footer: str = ""


class Translation(_Words, frozen=True, kw_only=True):
    questions: Mapping[str, QuestionWords] = {}


class Document(_Words, frozen=True, kw_only=True):
    """`language` is the one it is written in; `languages` has the others by their tags."""

    questions: tuple[Question, ...] = ()
    language: str = "en"
    languages: Mapping[str, Translation] = {}
    # How the scores look, unless as is usual for the metric.
    scores: ScoreLook | None = None
    # Answers keep nobody's name.
    anonymous: bool = False
    # The mail invites to reply with a number.
    reply: bool = False

    def follow_up_for(self, bucket: Bucket | None) -> str:
        return self.follow_up.get(bucket or ANY) or self.follow_up.get(ANY, "")

    def thanks_for(self, bucket: Bucket | None) -> Thanks:
        return self.thanks.get(bucket or ANY) or self.thanks.get(ANY) or Thanks()


WORDS = tuple(field.name for field in msgspec.structs.fields(_Words))


def read(stored: Mapping[str, Any]) -> Document:
    """Return a document; raises msgspec.ValidationError, whose text names the place."""
    return msgspec.convert(stored, Document)


def written(document: Document) -> dict[str, Any]:
    """Return the document as JSON can hold it; what is as usual is left out."""
    return dict(msgspec.json.decode(msgspec.json.encode(document)))


def spoken(document: Document, wanted: str) -> Document:
    """Return the document in a language; what is not translated stays in its own.

    `wanted` is a tag such as `pt-BR`; where there is none of it, its language alone will do.
    """
    tag = language_for(document, wanted)
    said = document.languages.get(tag)
    if said is None:
        return document
    laid = {name: _laid(getattr(said, name), getattr(document, name)) for name in WORDS}
    questions = tuple(
        _translated(each, said.questions.get(each.key)) for each in document.questions
    )
    return msgspec.structs.replace(document, **laid, questions=questions, language=tag)


def language_for(document: Document, *wanted: str) -> str:
    """Return the language in which a survey speaks to somebody who would like one of these.

    The first that it has counts; its own where it has none of them.
    """
    return next(filter(None, (_spoken_of(document, each) for each in wanted)), document.language)


def _spoken_of(document: Document, wanted: str) -> str:
    known = {tag.lower(): tag for tag in (document.language, *document.languages)}
    wanted = wanted.strip().replace("_", "-").lower()
    if not wanted:
        return ""
    main = wanted.partition("-")[0]
    near = (tag for low, tag in known.items() if low.partition("-")[0] == main)
    return known.get(wanted) or known.get(main) or next(near, "")


def is_asked(question: Question, score: int | None, answers: Mapping[str, object]) -> bool:
    """Whether a further question is asked of whoever gave this score and these answers."""
    when = question.when
    if when is None:
        return True
    if when.lowest is not None or when.highest is not None:
        if score is None:
            return False
        if not (when.lowest is None or score >= when.lowest):
            return False
        if not (when.highest is None or score <= when.highest):
            return False
    if when.question:
        given = answers.get(when.question)
        said = given if isinstance(given, list | tuple) else [given]
        return any(str(each) in when.answers for each in said if each is not None)
    return True


def _laid(said: Any, own: Any) -> Any:
    """Lay what a translation says over the template's own words."""
    if isinstance(own, Mapping):
        return {**own, **{name: _laid(words, own.get(name)) for name, words in said.items()}}
    if isinstance(said, Thanks) and isinstance(own, Thanks):
        return Thanks(text=said.text or own.text, buttons=said.buttons or own.buttons)
    return said or own


def _translated(question: Question, said: QuestionWords | None) -> Question:
    if said is None:
        return question
    fits = len(said.choices) == len(question.choices)
    return msgspec.structs.replace(
        question,
        text=said.text or question.text,
        choices=said.choices if fits else question.choices,
    )
