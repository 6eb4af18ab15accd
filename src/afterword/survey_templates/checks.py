"""What may be wrong with a survey's document, each fault at its place. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from afterword.core.liquid import Text, TextRefused
from afterword.survey_templates.document import (
    ANY,
    WORDS,
    Button,
    Document,
    Question,
    Thanks,
    Translation,
)
from afterword.survey_templates.letters.person import PERSON_FIELDS, person_values
from afterword.survey_templates.metrics import Bucket, Scale

LIMITS = {
    "subject": 300,
    "preheader": 300,
    "intro": 2_000,
    "question": 1_000,
    "lowest_label": 60,
    "highest_label": 60,
    "follow_up": 300,
    "consent": 1_000,
    "thanks": 1_000,
    "footer": 1_000,
}
LABEL = 100  # characters of a choice, or on a button
MOST_QUESTIONS = 20
MOST_CHOICES = 30
MOST_BUTTONS = 4
MOST_LANGUAGES = 50
_PLAIN = {"lowest_label", "highest_label"}  # no Liquid
_KEY = re.compile(r"[A-Za-z0-9_-]{1,50}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_BY_SCORE = {ANY, *Bucket}


class Problem(NamedTuple):
    """`place` leads there, such as `questions.why.text`; `text` says what to do."""

    place: str
    text: str


def problems(
    document: Document, scale: Scale, properties: Collection[str] | None = None
) -> list[Problem]:
    """Return what is wrong with a document; nothing if it is fit to be sent.

    `properties` are the workspace's own variables; where they are None, any name will do.
    """
    known = None if properties is None else {*PERSON_FIELDS, *properties}
    return [
        *_needed(document),
        *_replied(document),
        *_scores(document, scale),
        *_words(document, "", known),
        *_questions(document, scale, known),
        *_languages(document, known),
    ]


def _needed(document: Document) -> Iterator[Problem]:
    for name in ("subject", "question"):
        if not getattr(document, name).strip():
            yield Problem(name, "This is empty.")


def _replied(document: Document) -> Iterator[Problem]:
    if document.reply and document.anonymous:
        words = "A reply by mail tells who it is from: choose this or anonymous responses."
        yield Problem("reply", words)


def _scores(document: Document, scale: Scale) -> Iterator[Problem]:
    if document.scores and document.scores not in scale.looks:
        yield Problem("scores", f"Scores of {scale.label} can be {' or '.join(scale.looks)} alone.")


def _words(
    said: Document | Translation, prefix: str, known: Collection[str] | None
) -> Iterator[Problem]:
    for name in WORDS:
        value = getattr(said, name)
        if isinstance(value, str):
            yield from _text(f"{prefix}{name}", value, LIMITS[name], known, plain=name in _PLAIN)
            continue
        for category, text in value.items():
            place = f"{prefix}{name}.{category}"
            if category not in _BY_SCORE:
                yield Problem(place, f"There is no such category; use {_either(_BY_SCORE)}.")
            elif isinstance(text, Thanks):
                yield from _text(f"{place}.text", text.text, LIMITS[name], known)
                yield from _buttons(f"{place}.buttons", text.buttons)
            else:
                yield from _text(place, text, LIMITS[name], known)


def _buttons(place: str, buttons: Sequence[Button]) -> Iterator[Problem]:
    if len(buttons) > MOST_BUTTONS:
        yield Problem(place, f"There are more than {MOST_BUTTONS} buttons.")
    for number, button in enumerate(buttons[:MOST_BUTTONS]):
        at = f"{place}.{number}"
        if not button.label.strip():
            yield Problem(f"{at}.label", "A button needs a label.")
        yield from _text(f"{at}.label", button.label, LABEL, None, plain=True)
        if not is_web(button.url):
            yield Problem(f"{at}.url", "Give an address that begins with https:// or http://.")


def _questions(
    document: Document, scale: Scale, known: Collection[str] | None
) -> Iterator[Problem]:
    if len(document.questions) > MOST_QUESTIONS:
        yield Problem("questions", f"There are more than {MOST_QUESTIONS} further questions.")
    seen: dict[str, Question] = {}
    for number, question in enumerate(document.questions[:MOST_QUESTIONS]):
        place = f"questions.{number}"
        if not _KEY.fullmatch(question.key):
            yield Problem(f"{place}.key", "A key has letters, digits, - and _ alone.")
        if question.key in seen:
            yield Problem(f"{place}.key", f"Another question has the key {question.key} too.")
        if not question.text.strip():
            yield Problem(f"{place}.text", "This is empty.")
        yield from _text(f"{place}.text", question.text, LIMITS["question"], known)
        yield from _choices(place, question)
        yield from _when(place, question, scale, seen)
        seen[question.key] = question


def _choices(place: str, question: Question) -> Iterator[Problem]:
    if not question.type.has_choices:
        if question.choices:
            yield Problem(f"{place}.choices", f"A question of type {question.type} has no choices.")
        return
    if len(question.choices) < 2 or len(question.choices) > MOST_CHOICES:
        yield Problem(f"{place}.choices", f"Give from 2 to {MOST_CHOICES} choices.")
    if len({each.strip().casefold() for each in question.choices}) < len(question.choices):
        yield Problem(f"{place}.choices", "Two choices are the same.")
    if any(not each.strip() or len(each) > LABEL for each in question.choices):
        yield Problem(f"{place}.choices", f"A choice has from 1 to {LABEL} characters.")


def _when(
    place: str, question: Question, scale: Scale, earlier: dict[str, Question]
) -> Iterator[Problem]:
    when = question.when
    if when is None:
        return
    ends = [end for end in (when.lowest, when.highest) if end is not None]
    if any(end not in scale.scores for end in ends) or ends != sorted(ends):
        yield Problem(
            f"{place}.when",
            f"Scores go from {scale.lowest} to {scale.highest}, the lower one first.",
        )
    if not when.question:
        return
    other = earlier.get(when.question)
    if other is None:
        yield Problem(f"{place}.when", f"No question before this one has the key {when.question}.")
    elif other.type.has_choices and not set(when.answers) <= set(other.choices):
        yield Problem(
            f"{place}.when", f"{other.key} has only these choices: {_either(other.choices)}."
        )
    elif not when.answers:
        yield Problem(f"{place}.when", "Say which answers it follows.")


def _languages(document: Document, known: Collection[str] | None) -> Iterator[Problem]:
    if len(document.languages) > MOST_LANGUAGES:
        yield Problem("languages", f"There are more than {MOST_LANGUAGES} languages.")
    for tag in (document.language, *document.languages):
        if not _LANGUAGE.fullmatch(tag):
            yield Problem("languages", f"{tag!r} is no language; write a tag such as en or pt-BR.")
    if document.language in document.languages:
        yield Problem(f"languages.{document.language}", "The template itself is in this language.")
    keys = {question.key: question for question in document.questions}
    for tag, said in document.languages.items():
        yield from _words(said, f"languages.{tag}.", known)
        for key, words in said.questions.items():
            place = f"languages.{tag}.questions.{key}"
            if key not in keys:
                yield Problem(place, "The template has no such question.")
            elif words.choices and len(words.choices) != len(keys[key].choices):
                yield Problem(f"{place}.choices", "Translate each choice, in the same order.")
            yield from _text(f"{place}.text", words.text, LIMITS["question"], known)


def _text(
    place: str, source: str, limit: int, known: Collection[str] | None, *, plain: bool = False
) -> Iterator[Problem]:
    """Parse a text, then try it on someone and on someone of whom nothing is known."""
    if len(source) > limit:
        yield Problem(place, f"This text is longer than {limit:,} characters.")
    if plain:
        return
    try:
        text = Text(source)
        text.render(person_values(dict.fromkeys(PERSON_FIELDS, "Ann"), text.names))
        text.render({})
    except TextRefused as refusal:
        yield Problem(place, f"This text {refusal}.")
        return
    unknown = sorted(text.names - set(known)) if known is not None else []
    if unknown:
        yield Problem(
            place,
            f"There is no variable {{{{ {unknown[0]} }}}}: define a property of that"
            " name, or use one of the list.",
        )


def is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _either(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))
