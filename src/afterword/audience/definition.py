"""Reads the definition of an audience, and says what is wrong with it. Pure."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Literal

from afterword.audience.conditions import Wanted, condition
from afterword.audience.fields import BUILT_IN_FIELDS, find_field
from afterword.audience.match import LONGEST_TOLD, Audience, Filter
from afterword.audience.operators import OPERATORS_BY_TYPE, Takes, find_operator
from afterword.customers.values import Problem, PropertyType, convert, describe

MAX_DAYS = 36_500

_Read = tuple[Literal["all", "any"], tuple[Filter, ...], list[str]]
_EVERYONE: _Read = ("all", (), [])


def compile_audience(definition: object, property_types: Mapping[str, PropertyType]) -> Audience:
    """Return the audience of `{"match": "all" | "any", "filters": [{field, operator, value}]}`.

    What `check` finds wrong becomes a filter that holds for nobody and carries the problem: a
    property may be deleted under a live campaign, and then the decisions say so.
    """
    match, filters, _ = _read(definition, property_types)
    return Audience(match, filters)


def check(definition: object, property_types: Mapping[str, PropertyType]) -> list[str]:
    """Return what is wrong with an audience's definition and how to mend it, line by line."""
    return _read(definition, property_types)[2]


def _read(definition: object, types: Mapping[str, PropertyType]) -> _Read:
    if definition is None:
        return _EVERYONE
    if not isinstance(definition, dict):
        return _broken(["The audience must be an object with match and filters."])
    match, specs = definition.get("match"), definition.get("filters")
    match = "all" if match is None else match.lower() if isinstance(match, str) else ""
    specs = [] if specs is None else specs
    errors = _unknown_keys(definition, ("match", "filters"))
    if match not in ("all", "any"):
        errors.append('match must be "all" or "any".')
    if not isinstance(specs, list):
        errors.append("filters must be a list of objects with field, operator and value.")
    if errors:
        return _broken(errors)
    filters = tuple(_filter(spec, types) for spec in specs)
    errors = [f"Filter {n}: {each.problem}" for n, each in enumerate(filters, 1) if each.problem]
    return "any" if match == "any" else "all", filters, errors


def _broken(errors: list[str]) -> _Read:
    return "all", (Filter("", "", problem=" ".join(errors)),), errors


def _unknown_keys(spec: Mapping[object, object], known: Sequence[str]) -> list[str]:
    mend = f"means nothing here; use {', '.join(known)}."
    return [f"{describe(key)} {mend}" for key in spec if key not in known]


def _filter(spec: object, types: Mapping[str, PropertyType]) -> Filter:
    if not isinstance(spec, dict):
        return Filter("", "", problem="It must be an object with field, operator and value.")
    name = spec.get("field", spec.get("name"))
    word = spec.get("operator", spec.get("op"))
    value = spec.get("value")

    def broken(problem: str) -> Filter:
        return Filter(_name(name), _name(word), value, problem)

    if unknown := _unknown_keys(spec, ("field", "operator", "value", "name", "op")):
        return broken(unknown[0])
    found = find_field(name, types)
    if found is None:
        return broken(_no_such_field(name, types))
    key, kind = found
    operator = find_operator(kind, word)
    if operator is None:
        words = ", ".join(known.word for known in OPERATORS_BY_TYPE[kind])
        return broken(f"{describe(word)} does not fit {name}, a {kind}; use one of: {words}.")
    wanted = _wanted(operator.takes, value)
    if isinstance(wanted, Problem):
        return broken(f"{name} {operator.label}: {wanted.message}")
    return Filter(key, operator.word, wanted, None, condition(kind, operator, wanted))


def _no_such_field(name: object, types: Mapping[str, PropertyType]) -> str:
    if not isinstance(name, str) or not name.strip():
        return "It names no field; use a field such as country, or a property."
    near = difflib.get_close_matches(name.strip()[:80], [*BUILT_IN_FIELDS, *types], n=1)
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
