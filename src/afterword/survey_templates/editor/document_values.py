"""From a document to what its form shows, and back; each value is named by its place. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from afterword.core.keys import free_key
from afterword.survey_templates.document import Document, Question, QuestionType, Thanks, When
from afterword.survey_templates.editor.document_fields import BUTTONS, LABELS, Layout


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
    values["scores"] = document.scores or ""
    return {
        **values,
        "language": document.language,
        "anonymous": document.anonymous,
        "reply": document.reply,
    }


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
        "scores": given.get("scores") or "",
        "anonymous": bool(given.get("anonymous")),
        "reply": bool(given.get("reply")),
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
