"""The fields of a document in a form, each named by its place. Pure."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django import forms

from afterword.core.one_line import one_line_only
from afterword.survey_templates.checks import LABEL, LIMITS
from afterword.survey_templates.document import ANY, Document, QuestionType
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
    if len(scale.looks) > 1:
        fields["scores"] = forms.ChoiceField(
            label="Scores are shown as",
            required=False,
            widget=forms.RadioSelect,
            choices=[(look if at else "", look.label) for at, look in enumerate(scale.looks)],
        )
    fields["anonymous"] = forms.BooleanField(label="Anonymous responses", required=False)
    fields["reply"] = forms.BooleanField(
        label="Invite to reply with a number",
        required=False,
        help_text="The mail says so in its language. It needs a mailbox that Afterword reads.",
    )
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
