"""Reads the definition of an audience, and says what is wrong with it. Pure."""

from collections.abc import Mapping, Sequence

from afterword.audience.filters import no_filter, read_filter, unknown_keys
from afterword.audience.match import Audience, Filter, Group, Match
from afterword.customers.values import PropertyType

MOST_FILTERS = 20  # those in groups included

_KEYS = ("match", "filters")
_Types = Mapping[str, PropertyType]


def compile_audience(definition: object, property_types: _Types) -> Audience:
    """Return the audience of `{"match": "all" | "any", "filters": […]}`.

    A filter is `{field, operator, value}`, or a group: the same as an audience, without groups of
    its own. What `check` finds wrong becomes a filter that holds for nobody and carries the
    problem: a property may be deleted under a live campaign, and then the decisions say so.
    """
    return _read(definition, property_types)[0]


def check(definition: object, property_types: _Types) -> list[str]:
    """Return what is wrong with an audience's definition and how to mend it, line by line.

    "Filter 2.1" is the first one in the group that stands second.
    """
    return _read(definition, property_types)[1]


def _read(definition: object, types: _Types) -> tuple[Audience, list[str]]:
    if definition is None:
        return Audience(), []
    if not isinstance(definition, dict):
        return _broken(["The audience must be an object with match and filters."])
    match, specs, errors = _parts(definition)
    if errors:
        return _broken(errors)
    audience = Audience(match, tuple(_member(spec, types) for spec in specs))
    if sum(1 for _ in audience.each_filter()) > MOST_FILTERS:
        return _broken([f"An audience has at most {MOST_FILTERS} filters."])
    return audience, list(_problems(audience))


def _broken(errors: list[str]) -> tuple[Audience, list[str]]:
    return Audience("all", (no_filter(" ".join(errors)),)), errors


def _parts(definition: Mapping[object, object]) -> tuple[Match, Sequence[object], list[str]]:
    """Return how filters are matched, the filters, and what is wrong with either."""
    match, specs = definition.get("match"), definition.get("filters")
    match = "all" if match is None else match.lower() if isinstance(match, str) else ""
    specs = [] if specs is None else specs
    errors = unknown_keys(definition, _KEYS)
    if match not in ("all", "any"):
        errors.append('match must be "all" or "any".')
    if not isinstance(specs, list):
        errors.append("filters must be a list of objects with field, operator and value.")
    return "any" if match == "any" else "all", specs if isinstance(specs, list) else [], errors


def is_group(spec: object) -> bool:
    return isinstance(spec, dict) and "filters" in spec


def _member(spec: object, types: _Types) -> Filter | Group:
    if not isinstance(spec, dict) or not is_group(spec):
        return read_filter(spec, types)
    match, specs, errors = _parts(spec)
    if errors:
        return no_filter(" ".join(errors))
    if not specs:
        return no_filter("A group needs a filter.")
    return Group(match, tuple(_inner(each, types) for each in specs))


def _inner(spec: object, types: _Types) -> Filter:
    if is_group(spec):
        return no_filter("A group holds filters alone, no other group.")
    return read_filter(spec, types)


def _problems(audience: Audience) -> Sequence[str]:
    placed = [
        (place, each)
        for number, member in enumerate(audience.filters, 1)
        for place, each in _placed(number, member)
    ]
    return [f"Filter {place}: {each.problem}" for place, each in placed if each.problem]


def _placed(number: int, member: Filter | Group) -> Sequence[tuple[str, Filter]]:
    if isinstance(member, Filter):
        return [(str(number), member)]
    return [(f"{number}.{inner}", each) for inner, each in enumerate(member.filters, 1)]
