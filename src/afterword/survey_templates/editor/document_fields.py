"""The fields of a document in a form, each named by its place; and the way back. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django import forms

from afterword.core.keys import free_key
from afterword.core.one_line import one_line_only
from afterword.survey_templates.checks import LABEL, LIMITS
from afterword.survey_templates.document import ANY, Document, Question, QuestionType, Thanks, When
from afterword.survey_templates.metrics import Scale

BUTTONS = 2  # that the form offers for each category
_LINES = {"intro", "question", "consent", "thanks", "footer"}
_NUMBER = re.compile(r"questions\.(\d{1,4})\.text")
_LANGUAGE = re.compile(r"languages\.([A-Za-z0-9-]{1,35})\.subject")
LABELS = {
    "subject": "Subject",
    "preheader": "Preview text",
    "intro": "Words before the question",
    "question": "The question",
    "lowest_label": "Label of the lowest score",
    "highest_label": "Label of the highest score",
    "follow_up": "What the survey page asks next",
    "consent": "Beside a box to tick",
    "thanks": "Thanks",
    "footer": "Footer of the mail",
}
TYPES = {
    QuestionType.RATING: "Rating from 1 to 5",
    QuestionType.CHOICE: "One of several",
    QuestionType.CHOICES: "Several of several",
    QuestionType.TEXT: "Text",
}


class Layout(NamedTuple):
    """How many of what repeats a form has: numbers of questions in their order, languages."""

    questions: tuple[int, ...]
    languages: tuple[str, ...]


def layout_of(document: Document) -> Layout:
    return Layout(tuple(range(len(document.questions))), tuple(document.languages))


def layout_in(given: Iterable[str]) -> Layout:
    """Read from the names of a form that was sent what it has, in the order of the page."""
    names = list(given)
    numbers = (int(found[1]) for name in names if (found := _NUMBER.fullmatch(name)))
    tags = (found[1] for name in names if (found := _LANGUAGE.fullmatch(name)))
    return Layout(tuple(dict.fromkeys(numbers)), tuple(dict.fromkeys(tags)))


def fields_of(layout: Layout, scale: Scale, document: Document) -> dict[str, forms.Field]:
    fields = dict(_words("", scale))
    for tag in layout.languages:
        fields.update(_words(f"languages.{tag}.", scale))
        for question in document.questions:
            place = f"languages.{tag}.questions.{question.key}"
            fields[f"{place}.text"] = _text("question", question.text or "Question")
            if question.choices:
                fields[f"{place}.choices"] = _choices()
    others = [("", "any"), *((each.key, each.text[:60]) for each in document.questions)]
    for number in layout.questions:
        fields.update(_question(f"questions.{number}.", scale, others))
    fields["language"] = forms.CharField(
        label="Language of these texts", max_length=35, help_text="A tag, such as en or pt-BR."
    )
    fields["anonymous"] = forms.BooleanField(label="Anonymous responses", required=False)
    return fields


def _words(prefix: str, scale: Scale) -> Iterator[tuple[str, forms.Field]]:
    for name, label in LABELS.items():
        if name not in {"follow_up", "thanks"}:
            yield f"{prefix}{name}", _text(name, label)
            continue
        for category, word in _categories(scale).items():
            place = f"{prefix}{name}.{category}"
            yield f"{place}.text" if name == "thanks" else place, _text(name, word)
            for number in range(BUTTONS if name == "thanks" and not prefix else 0):
                at = f"{place}.buttons.{number}"
                yield (
                    f"{at}.label",
                    forms.CharField(
                        label="Button", required=False, max_length=LABEL, validators=[one_line_only]
                    ),
                )
                yield (
                    f"{at}.url",
                    forms.CharField(
                        label="Its address",
                        required=False,
                        max_length=500,
                        widget=forms.URLInput(attrs={"placeholder": "https://"}),
                    ),
                )


def _categories(scale: Scale) -> dict[str, str]:
    return {ANY: "Whatever the score", **{str(k): word for k, word in scale.by_bucket.items()}}


def _text(name: str, label: str) -> forms.CharField:
    """Not required here: the document's own checks say what is missing."""
    lines = name in _LINES
    rows = 4 if name == "intro" else 2
    return forms.CharField(
        label=label,
        required=False,
        max_length=LIMITS[name],
        validators=[] if lines else [one_line_only],
        widget=forms.Textarea(attrs={"rows": rows, "data-liquid": ""})
        if lines
        else forms.TextInput(attrs={"data-liquid": ""}),
    )


def _choices() -> forms.CharField:
    return forms.CharField(
        label="Choices",
        required=False,
        help_text="One on each line.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _question(
    prefix: str, scale: Scale, others: list[tuple[str, str]]
) -> Iterator[tuple[str, forms.Field]]:
    scores = [("", "any"), *((str(score), str(score)) for score in scale.scores)]
    yield f"{prefix}key", forms.CharField(required=False, widget=forms.HiddenInput())
    yield f"{prefix}text", _text("question", "Question")
    yield (
        f"{prefix}type",
        forms.ChoiceField(label="Answered by", choices=[(t.value, TYPES[t]) for t in TYPES]),
    )
    yield f"{prefix}choices", _choices()
    yield f"{prefix}required", forms.BooleanField(label="Must be answered", required=False)
    yield (
        f"{prefix}when.lowest",
        forms.ChoiceField(label="Asked from score", required=False, choices=scores),
    )
    yield f"{prefix}when.highest", forms.ChoiceField(label="up to", required=False, choices=scores)
    yield (
        f"{prefix}when.question",
        forms.CharField(
            label="Only after the question", required=False, widget=forms.Select(choices=others)
        ),
    )
    yield (
        f"{prefix}when.answers",
        forms.CharField(label="answered with", required=False, widget=forms.Textarea({"rows": 2})),
    )


# ---- from a document to a form's values, and back


def values_of(document: Document) -> dict[str, Any]:
    """Return what a form shows of a document, by place."""
    values: dict[str, Any] = dict(_values_of_words(document, ""))
    for tag, said in document.languages.items():
        values.update(_values_of_words(said, f"languages.{tag}."))
        for key, words in said.questions.items():
            values[f"languages.{tag}.questions.{key}.text"] = words.text
            values[f"languages.{tag}.questions.{key}.choices"] = "\n".join(words.choices)
    for number, question in enumerate(document.questions):
        values.update(_values_of_question(question, f"questions.{number}."))
    return {**values, "language": document.language, "anonymous": document.anonymous}


def _values_of_words(said: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for name in LABELS:
        value = getattr(said, name)
        if isinstance(value, str):
            yield f"{prefix}{name}", value
            continue
        for category, words in value.items():
            place = f"{prefix}{name}.{category}"
            if not isinstance(words, Thanks):
                yield place, words
                continue
            yield f"{place}.text", words.text
            for number, button in enumerate(words.buttons):
                yield f"{place}.buttons.{number}.label", button.label
                yield f"{place}.buttons.{number}.url", button.url


def _values_of_question(question: Question, prefix: str) -> Iterator[tuple[str, Any]]:
    when = question.when or When()
    yield f"{prefix}key", question.key
    yield f"{prefix}text", question.text
    yield f"{prefix}type", question.type.value
    yield f"{prefix}choices", "\n".join(question.choices)
    yield f"{prefix}required", question.required
    yield f"{prefix}when.lowest", "" if when.lowest is None else str(when.lowest)
    yield f"{prefix}when.highest", "" if when.highest is None else str(when.highest)
    yield f"{prefix}when.question", when.question
    yield f"{prefix}when.answers", "\n".join(when.answers)


def document_in(given: Mapping[str, Any], layout: Layout, kept: Document) -> dict[str, Any]:
    """Return the document that a form's values say, as it is stored; what is empty is left out.

    `kept` is the one of before: what the form does not show of it, such as the buttons of a
    translation, stays.
    """
    words = _words_in(given, "", {})
    keys: list[str] = []
    questions = [_question_in(given, f"questions.{number}.", keys) for number in layout.questions]
    languages = {tag: _translation_in(given, tag, keys, kept) for tag in layout.languages}
    found = {
        **words,
        "questions": questions,
        "language": given.get("language") or "en",
        "languages": languages,
        "anonymous": bool(given.get("anonymous")),
    }
    return {name: value for name, value in found.items() if value not in ("", [], {}, False)}


def _words_in(given: Mapping[str, Any], prefix: str, kept_thanks: Mapping[str, Thanks]) -> Any:
    said: dict[str, Any] = {}
    for name in LABELS:
        if f"{prefix}{name}" in given:
            said[name] = given[f"{prefix}{name}"]
        elif name == "follow_up":
            said[name] = _by_category(given, f"{prefix}{name}.", lambda at: given.get(at, ""))
        else:
            said[name] = _by_category(
                given,
                f"{prefix}{name}.",
                lambda at: _thanks_in(given, at, kept_thanks),
                ".text",
            )
    return {name: value for name, value in said.items() if value}


def _by_category(given: Mapping[str, Any], prefix: str, read: Any, end: str = "") -> dict[str, Any]:
    categories = [
        name.removeprefix(prefix).removesuffix(end)
        for name in given
        if name.startswith(prefix) and name.endswith(end) and ".buttons." not in name
    ]
    found = {category: read(prefix + category) for category in categories}
    return {category: value for category, value in found.items() if value}


def _thanks_in(given: Mapping[str, Any], at: str, kept: Mapping[str, Thanks]) -> dict[str, Any]:
    buttons = [
        {"label": given.get(f"{at}.buttons.{n}.label", ""), "url": given[f"{at}.buttons.{n}.url"]}
        for n in range(BUTTONS)
        if given.get(f"{at}.buttons.{n}.label") or given.get(f"{at}.buttons.{n}.url")
    ]
    if before := kept.get(at.rpartition(".")[2]):
        buttons = [{"label": each.label, "url": each.url} for each in before.buttons]
    found = {"text": given.get(f"{at}.text", ""), "buttons": buttons}
    return {name: value for name, value in found.items() if value}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _question_in(given: Mapping[str, Any], prefix: str, keys: list[str]) -> dict[str, Any]:
    key = given.get(f"{prefix}key") or free_key(given.get(f"{prefix}text", "")[:40], keys, "q")
    keys.append(key)
    when = {
        "lowest": _score(given.get(f"{prefix}when.lowest")),
        "highest": _score(given.get(f"{prefix}when.highest")),
        "question": given.get(f"{prefix}when.question", ""),
        "answers": _lines(given.get(f"{prefix}when.answers", "")),
    }
    when = {name: value for name, value in when.items() if value not in (None, "", [])}
    kind = given.get(f"{prefix}type") or QuestionType.TEXT
    found: dict[str, Any] = {
        "key": key,
        "type": str(kind),
        "text": given.get(f"{prefix}text", ""),
        "required": bool(given.get(f"{prefix}required")),
    }
    if QuestionType(kind).has_choices:
        found["choices"] = _lines(given.get(f"{prefix}choices", ""))
    if when:
        found["when"] = when
    return {name: value for name, value in found.items() if value is not False}


def _score(text: str | None) -> int | None:
    return int(text) if text else None


def _translation_in(
    given: Mapping[str, Any], tag: str, keys: list[str], kept: Document
) -> dict[str, Any]:
    prefix = f"languages.{tag}."
    before = kept.languages.get(tag)
    said = _words_in(given, prefix, before.thanks if before else {})
    questions = {}
    for key in keys:
        words = {
            "text": given.get(f"{prefix}questions.{key}.text", ""),
            "choices": _lines(given.get(f"{prefix}questions.{key}.choices", "")),
        }
        if any(words.values()):
            questions[key] = {name: value for name, value in words.items() if value}
    return {**said, **({"questions": questions} if questions else {})}
