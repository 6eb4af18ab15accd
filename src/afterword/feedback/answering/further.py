"""Further questions of a survey: how a page shows them, and what a form says to them. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from afterword.core.text import clean_text
from afterword.feedback.answering.refused import FormRefused
from afterword.survey_templates.document import Document, Question, QuestionType, is_asked

RATINGS = range(1, 6)
TEXT_LIMIT = 2_000
PREFIX = "q."  # of the fields' names; the key follows

Answers = Mapping[str, object]
_NONE: Answers = {}


class Form(Protocol):
    """What was sent, as Django has it."""

    def get(self, name: str, default: str) -> str: ...
    def getlist(self, name: str) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A further question as a page shows it; `when` tells the page's script when to."""

    question: Question
    options: list[Option]
    text: str
    when: str
    is_asked: bool

    @property
    def name(self) -> str:
        return PREFIX + self.question.key

    @property
    def type(self) -> str:
        return self.question.type.value


def shown(said: Document, base: Document, score: int | None, answers: Answers) -> list[Asked]:
    """Return the questions in the words of `said`; answers are in those of `base`."""
    return [
        Asked(
            question,
            _options(question, own, answers.get(own.key)),
            str(answers.get(own.key) or "") if own.type is QuestionType.TEXT else "",
            _when(own, base),
            is_asked(own, score, answers),
        )
        for question, own in zip(said.questions, base.questions, strict=True)
    ]


def read_answers(
    form: Form, base: Document, score: int, *, is_complete: bool, before: Answers = _NONE
) -> Answers:
    """Return what a form says to the questions that are asked, choices in the words of `base`.

    `before` is what was answered to them and the form did not show: what it leaves out stays.
    Raises FormRefused: where a form is complete, also if one that must be answered is not.
    """
    answers: dict[str, object] = {}
    for question in base.questions:
        if not is_asked(question, score, answers):
            continue
        said = _read(form, question) or before.get(question.key)
        if said not in (None, "", []):
            answers[question.key] = said
        elif question.required and is_complete:
            raise FormRefused("answer_too", question.key, question=question.text)
    return answers


def told(base: Document, answers: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Return each answered question with what was said, for people to read."""
    for question in base.questions:
        if (said := answers.get(question.key)) is not None:
            words = ", ".join(map(str, said)) if isinstance(said, list) else str(said)
            yield question.text, f"{words} of 5" if question.type is QuestionType.RATING else words


def _options(question: Question, own: Question, said: object) -> list[Option]:
    chosen = said if isinstance(said, list) else [said]
    if own.type is QuestionType.RATING:
        return [Option(str(n), str(n), n in chosen) for n in RATINGS]
    pairs = zip(question.choices, own.choices, strict=True)
    return [Option(str(n), label, word in chosen) for n, (label, word) in enumerate(pairs)]


def _when(own: Question, base: Document) -> str:
    """Say for the script when it is asked: choices by their places, as fields have them."""
    when = own.when
    if when is None:
        return ""
    found: dict[str, object] = {}
    if when.lowest is not None:
        found["lowest"] = when.lowest
    if when.highest is not None:
        found["highest"] = when.highest
    if when.question:
        other = next(each for each in base.questions if each.key == when.question)
        places = [str(n) for n, word in enumerate(other.choices) if word in when.answers]
        found["question"] = PREFIX + when.question
        found["answers"] = places if other.type.has_choices else list(when.answers)
    return json.dumps(found)


def _read(form: Form, question: Question) -> object:
    name = PREFIX + question.key
    if question.type is QuestionType.TEXT:
        text = clean_text(form.get(name, "").replace("\r\n", "\n")).strip()
        if len(text) > TEXT_LIMIT:
            values = {"limit": TEXT_LIMIT, "question": question.text}
            raise FormRefused("answer_too_long", question.key, **values)
        return text
    if question.type is QuestionType.RATING:
        value = form.get(name, "")
        return int(value) if value in {str(n) for n in RATINGS} else None
    places = [int(v) for v in form.getlist(name) if v.isascii() and v.isdigit() and len(v) < 4]
    words = [question.choices[n] for n in dict.fromkeys(places) if n < len(question.choices)]
    if question.type is QuestionType.CHOICES:
        return words
    return words[0] if words else None
