"""Reads one filter of an audience, and says what is wrong with it. Pure."""

import difflib
from collections.abc import Mapping, Sequence

from afterword.audience.conditions import Wanted, condition
from afterword.audience.fields import built_in_fields, event_key, event_property, find_field
from afterword.audience.match import LONGEST_TOLD, Filter
from afterword.audience.operators import OPERATORS_BY_TYPE, Takes, find_operator
from afterword.customers.values import Problem, PropertyType, convert, describe

MAX_DAYS = 36_500
_KEYS = ("field", "operator", "value", "name", "op")
_KEYS_OF_EVENT = (*_KEYS, "type")


def read_filter(spec: object, types: Mapping[str, PropertyType]) -> Filter:
    """Return the filter of `{field, operator, value}`; a wrong one carries its problem."""
    if not isinstance(spec, dict):
        return no_filter("It must be an object with field, operator and value.")
    name = spec.get("field", spec.get("name"))
    word = spec.get("operator", spec.get("op"))
    value = spec.get("value")

    def broken(problem: str) -> Filter:
        return Filter(_name(name), _name(word), value, problem)

    of_event = event_property(name)
    if unknown := unknown_keys(spec, _KEYS_OF_EVENT if of_event else _KEYS):
        return broken(unknown[0])
    found = _of_event(of_event, spec, word) if of_event else find_field(name, types)
    if found is None:
        return broken(_no_such_field(name, types))
    key, kind = found
    if kind is None:
        kinds = ", ".join(PropertyType)
        return broken(f"{describe(spec.get('type'))} is no type; use one of: {kinds}.")
    operator = find_operator(kind, word)
    if operator is None:
        words = ", ".join(known.word for known in OPERATORS_BY_TYPE[kind])
        return broken(f"{describe(word)} does not fit {name}, a {kind}; use one of: {words}.")
    wanted = _wanted(operator.takes, value)
    if isinstance(wanted, Problem):
        return broken(f"{name} {operator.label}: {wanted.message}")
    holds = condition(kind, operator, wanted)
    return Filter(key, operator.word, wanted, None, kind, of_event is not None, holds)


def problem_of(spec: object, types: Mapping[str, PropertyType]) -> str | None:
    """Return what is wrong with a filter, as it is stored, where properties have these types."""
    return read_filter(spec, types).problem


def _of_event(
    name: str, spec: Mapping[object, object], word: object
) -> tuple[str, PropertyType | None]:
    """Return key and type of an event's own property, which nobody has defined.

    Its type is the one that is said, else one that the operator fits, text before others.
    """
    said = spec.get("type")
    if said is not None:
        return event_key(name), next((kind for kind in PropertyType if kind == said), None)
    found = {kind: find_operator(kind, word) for kind in PropertyType}
    fits = [kind for kind, operator in found.items() if operator]
    by_own_word = [kind for kind in fits if (own := found[kind]) and own.word == word]
    return event_key(name), next(iter([*by_own_word, *fits]), PropertyType.TEXT)


def no_filter(problem: str) -> Filter:
    """Return what stands for something that cannot be read: it holds for nobody."""
    return Filter("", "", problem=problem)


def unknown_keys(spec: Mapping[object, object], known: Sequence[str]) -> list[str]:
    mend = f"means nothing here; use {', '.join(known)}."
    return [f"{describe(key)} {mend}" for key in spec if key not in known]


def _no_such_field(name: object, types: Mapping[str, PropertyType]) -> str:
    if not isinstance(name, str) or not name.strip():
        return "It names no field; use a field such as country, or a property."
    near = difflib.get_close_matches(name.strip()[:80], [*built_in_fields(), *types], n=1)
    mend = f'did you mean "{near[0]}"?' if near else "define a property of that name first."
    return f"There is no field or property called {describe(name)}; {mend}"


def _name(name: object) -> str:
    return name[:LONGEST_TOLD] if isinstance(name, str) else ""


_TYPE_TAKEN: dict[Takes, PropertyType] = {
    "text": PropertyType.TEXT,
    "number": PropertyType.NUMBER,
    "days": PropertyType.NUMBER,
    "date": PropertyType.DATE,
    "list": PropertyType.COLLECTION,
}


def _wanted(takes: Takes, value: object) -> Wanted | Problem:
    """Return the value that an operator compares with, as it is stored; a Problem if it cannot."""
    if takes == "none":
        return None
    if takes == "pair":
        return _pair(value)
    if takes == "days" and isinstance(value, str):
        value = value.strip().removesuffix("s").removesuffix("day")
    wanted = convert(value, _TYPE_TAKEN[takes])
    if wanted is None:
        return Problem("It needs a value to compare with.")
    if takes == "days" and not _is_day_count(wanted):
        return Problem(f"Expected a whole number of days from 0 to {MAX_DAYS:,}.")
    return wanted


def _is_day_count(wanted: object) -> bool:
    return isinstance(wanted, int | float) and wanted == int(wanted) and 0 <= wanted <= MAX_DAYS


def _pair(value: object) -> list[float] | Problem:
    if isinstance(value, dict):
        value = [value.get("from"), value.get("to")]
    ends = [convert(end, PropertyType.NUMBER) for end in value] if isinstance(value, list) else []
    numbers = [end for end in ends if isinstance(end, int | float)]
    if len(ends) != 2 or len(numbers) != 2:
        return Problem("Expected two numbers, such as [10, 20].")
    return sorted(numbers)
