"""Adds, moves and removes what repeats in a template's form, before anything is saved. Pure."""

import re
from collections.abc import Callable
from typing import Any

from django.http import QueryDict

from afterword.survey_templates.editor.document_fields import layout_in

ARRANGE = "arrange"  # the name of the buttons: "add-question", "up:3", "remove-language:cs", …
NEW_LANGUAGE = "new_language"
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def arranged(given: QueryDict) -> QueryDict:
    """Return the form as it is once its button was pressed.

    As it was where that means nothing: questions that were dragged stand in their new order.
    """
    what, _, which = given.get(ARRANGE, "").partition(":")
    act = _ACTS.get(what)
    return act(given, which) if act else given


def _add_question(given: QueryDict, _which: str) -> QueryDict:
    numbers = layout_in(given).questions
    number = max(numbers, default=-1) + 1
    return _with(given, {f"questions.{number}.text": "", f"questions.{number}.type": "text"})


def _remove_question(given: QueryDict, which: str) -> QueryDict:
    return _without(given, f"questions.{which}.")


def _up(given: QueryDict, which: str) -> QueryDict:
    return _moved(given, which, -1)


def _down(given: QueryDict, which: str) -> QueryDict:
    return _moved(given, which, 1)


def _moved(given: QueryDict, which: str, by: int) -> QueryDict:
    order = [str(number) for number in layout_in(given).questions]
    if which not in order or not 0 <= order.index(which) + by < len(order):
        return given
    at = order.index(which)
    order[at], order[at + by] = order[at + by], order[at]
    found = QueryDict(mutable=True)
    for name, values in given.lists():
        if not name.startswith("questions."):
            found.setlist(name, values)
    for number in order:
        for name, values in given.lists():
            if name.startswith(f"questions.{number}."):
                found.setlist(name, values)
    return found


def _add_language(given: QueryDict, _which: str) -> QueryDict:
    tag = given.get(NEW_LANGUAGE, "").strip()
    if not _TAG.fullmatch(tag) or tag in (given.get("language"), *layout_in(given).languages):
        return given
    return _with(given, {f"languages.{tag}.subject": ""})


def _remove_language(given: QueryDict, which: str) -> QueryDict:
    return _without(given, f"languages.{which}.")


def _with(given: QueryDict, more: dict[str, str]) -> QueryDict:
    found = given.copy()
    found.update(more)
    return found


def _without(given: QueryDict, prefix: str) -> QueryDict:
    found = QueryDict(mutable=True)
    for name, values in given.lists():
        if not name.startswith(prefix):
            found.setlist(name, values)
    return found


_ACTS: dict[str, Callable[[Any, str], QueryDict]] = {
    "add-question": _add_question,
    "remove": _remove_question,
    "up": _up,
    "down": _down,
    "add-language": _add_language,
    "remove-language": _remove_language,
}
