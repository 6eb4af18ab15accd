"""Read a survey template from a workspace's file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from afterword.apply.fields import Fields, read_key
from afterword.apply.look_fields import read_colour, read_logo
from afterword.apply.things import TemplateSpec
from afterword.survey_templates.checks import LABEL, LIMITS, problems
from afterword.survey_templates.document import ANY, Document, QuestionType, read, written
from afterword.survey_templates.metrics import SCALES, Metric, ScoreLook

_TEXTS = ("preheader", "intro", "lowest_label", "highest_label", "consent", "footer")
_LINES = {"intro", "question", "consent", "footer"}


def read_template(fields: Fields, folder: Path) -> TemplateSpec:
    key, metric = read_key(fields), fields.choice("metric", Metric)
    columns: dict[str, Any] = {
        "name": fields.text("name", 100, key or "?"),
        "colour": read_colour(fields),
        "sender_name": fields.text("sender_name", 100, ""),
    }
    logo, logo_url = read_logo(fields, folder)
    given = _document(fields, metric)
    fields.finish()
    if metric:
        document = _checked(fields, given, metric)
        columns["document"] = written(document) if document else {}
    return TemplateSpec(fields, key, metric, columns, logo, logo_url)


def _document(fields: Fields, metric: str) -> dict[str, Any]:
    question = SCALES[Metric(metric)].question if metric else "?"
    found: dict[str, Any] = {
        "subject": fields.text("subject", LIMITS["subject"]),
        "question": fields.text("question", LIMITS["question"], question, lines=True),
        **_words(fields),
        "questions": [_question(each) for each in fields.children("questions", most=100)],
        "language": fields.text("language", 35, ""),
        "scores": _scores(fields, metric),
        "anonymous": fields.switch("anonymous", False),
        "reply": fields.switch("reply", False),
        "languages": {tag: _translation(said) for tag, said in _by_name(fields.child("languages"))},
    }
    return _given(found)


def _scores(fields: Fields, metric: str) -> str:
    """Return how scores look; nothing where it is what is usual, so that it is written once."""
    given = fields.choice("scores", ScoreLook, "")
    return "" if metric and given == SCALES[Metric(metric)].looks[0] else given


def _words(fields: Fields) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: fields.text(name, LIMITS[name], "", lines=name in _LINES) for name in _TEXTS
    }
    follow_up = dict(_categories(fields.child("follow_up"), LIMITS["follow_up"]))
    if prompt := fields.text("comment_prompt", LIMITS["follow_up"], ""):
        follow_up = {ANY: prompt, **follow_up}
    return {**found, "follow_up": follow_up, "thanks": _thanks(fields)}


def _thanks(fields: Fields) -> dict[str, Any]:
    """Either one text for all, or by category a text or {text, buttons}."""
    if not fields.is_mapping("thanks"):
        text = fields.text("thanks", LIMITS["thanks"], "", lines=True)
        return {ANY: {"text": text}} if text else {}
    inner = fields.child("thanks")
    assert inner
    found = {}
    for name in inner.names:
        if inner.is_mapping(name):
            one = inner.child(name)
            assert one
            buttons = [_button(each) for each in one.children("buttons", most=20)]
            text = one.text("text", LIMITS["thanks"], "", lines=True)
            found[name] = _given({"text": text, "buttons": buttons})
            one.finish()
        else:
            found[name] = {"text": inner.text(name, LIMITS["thanks"], "", lines=True)}
    return found


def _button(fields: Fields) -> dict[str, str]:
    found = {"label": fields.text("label", LABEL), "url": fields.text("url", 500)}
    fields.finish()
    return found


def _categories(fields: Fields | None, limit: int) -> Iterator[tuple[str, str]]:
    for name in fields.names if fields else ():
        assert fields
        yield name, fields.text(name, limit, "", lines=True)


def _by_name(fields: Fields | None) -> Iterator[tuple[str, Fields]]:
    for name in fields.names if fields else ():
        assert fields
        if child := fields.child(name):
            yield name, child


def _translation(fields: Fields) -> dict[str, Any]:
    found = {
        "subject": fields.text("subject", LIMITS["subject"], ""),
        "question": fields.text("question", LIMITS["question"], "", lines=True),
        **_words(fields),
        "questions": {
            key: _given(
                {
                    "text": said.text("text", LIMITS["question"], "", lines=True),
                    "choices": said.texts("choices", LABEL),
                }
            )
            for key, said in _by_name(fields.child("questions"))
        },
    }
    fields.finish()
    return _given(found)


def _question(fields: Fields) -> dict[str, Any]:
    found: dict[str, Any] = {
        "key": fields.text("key", 50),
        "type": fields.choice("type", QuestionType),
        "text": fields.text("text", LIMITS["question"], lines=True),
        "choices": fields.texts("choices", LABEL),
        "required": fields.switch("required", False),
        "when": _when(fields.child("when")),
    }
    fields.finish()
    return _given(found)


def _when(fields: Fields | None) -> dict[str, Any] | None:
    """{score: {min: 9, max: 10}}, {question: why, answers: [Price]}, or both."""
    if fields is None:
        return None
    found: dict[str, Any] = {
        "question": fields.text("question", 50, ""),
        "answers": fields.texts("answers", LABEL),
    }
    if score := fields.child("score"):
        found["lowest"] = score.integer("min", 0, 10)
        found["highest"] = score.integer("max", 0, 10)
        score.finish()
    fields.finish()
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def _given(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value not in (None, "", [], {}, False)}


def _checked(fields: Fields, given: dict[str, Any], metric: str) -> Document | None:
    """Return the document, and note what is wrong with it beside its field."""
    try:
        document = read(given)
    except msgspec.ValidationError:
        return None  # a field that is missing or wrong has been told
    for place, text in problems(document, SCALES[Metric(metric)]):
        name, _, rest = place.partition(".")
        fields.refuse(name, f"{rest}: {text}" if rest else text)
    return document
