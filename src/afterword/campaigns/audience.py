"""Whom a campaign asks: filters on what is known of a customer. Pure."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, Literal, cast

from afterword.customers.values import Problem, PropertyType, convert, describe, parse_instant

Takes = Literal["none", "text", "number", "date", "days", "list", "pair"]
Wanted = str | float | int | list[str] | list[float] | None  # a filter's value as it is stored
_Condition = Callable[[object, datetime], bool]  # of the value seen and the time

MAX_DAYS = 36_500
_LONGEST_TOLD = 200
_MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Operator:
    word: str  # as it is stored
    label: str  # as a form shows it
    takes: Takes  # what value it needs


def _same(takes: Takes, *words: str) -> tuple[Operator, ...]:
    return tuple(Operator(word, word, takes) for word in words)


_EXISTENCE = _same("none", "exists", "does not exist")

OPERATORS_BY_TYPE: Mapping[PropertyType, tuple[Operator, ...]] = MappingProxyType(
    {
        PropertyType.TEXT: (
            *_same("text", "is", "is not", "contains", "does not contain"),
            *_same("text", "starts with", "ends with"),
            *_EXISTENCE,
        ),
        PropertyType.NUMBER: (
            *_same("number", "is", "is not", "greater than", "at least", "less than", "at most"),
            *_same("pair", "between"),
            *_EXISTENCE,
        ),
        PropertyType.DATE: (
            *_same("date", "before", "after", "on"),
            Operator("more than days ago", "more than … days ago", "days"),
            Operator("less than days ago", "less than … days ago", "days"),
            Operator("exactly days ago", "exactly … days ago", "days"),
            *_EXISTENCE,
        ),
        PropertyType.COLLECTION: (
            *_same("text", "includes", "does not include"),
            *_same("list", "includes any", "includes all"),
            *_same("none", "is empty", "is not empty"),
        ),
    }
)
_OPERATORS = {
    kind: {operator.word: operator for operator in operators}
    for kind, operators in OPERATORS_BY_TYPE.items()
}

BUILT_IN_FIELDS: Mapping[str, PropertyType] = MappingProxyType(
    {
        "email": PropertyType.TEXT,
        "first_name": PropertyType.TEXT,
        "last_name": PropertyType.TEXT,
        "company_name": PropertyType.TEXT,
        "job_title": PropertyType.TEXT,
        "phone": PropertyType.TEXT,
        "city": PropertyType.TEXT,
        "state": PropertyType.TEXT,
        "country": PropertyType.TEXT,
        "source": PropertyType.TEXT,
        "tags": PropertyType.COLLECTION,
        "created_at": PropertyType.DATE,
        "last_surveyed_at": PropertyType.DATE,
    }
)


def _camel_case(name: str) -> str:
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)


_SPELLINGS = {
    **{name: name for name in BUILT_IN_FIELDS},
    **{_camel_case(name): name for name in BUILT_IN_FIELDS},
    "company": "company_name",
    "createdDate": "created_at",
    "created_date": "created_at",
    "lastSurveyDate": "last_surveyed_at",
    "last_survey_date": "last_surveyed_at",
}
_PREFIX = "properties."

# A negative operator is its positive, denied: so it also holds where nothing is known.
_DENIALS = {
    "is not": "is",
    "does not contain": "contains",
    "does not exist": "exists",
    "does not include": "includes",
    "is empty": "is not empty",
}

# Other words for an operator, between bars, as people and other programs write them.
_SCALAR_WORDS = {
    "is": "=|==|eq|equals|equal to|is equal to",
    "is not": "!=|<>|≠|neq|not equals|does not equal|is not equal to",
    "exists": "is set|is known|is not empty",
    "does not exist": "not exists|is not set|is unknown|is empty",
}
_OTHER_WORDS: dict[PropertyType, dict[str, str]] = {
    PropertyType.TEXT: _SCALAR_WORDS
    | {"contains": "includes", "does not contain": "not contains", "starts with": "begins with"},
    PropertyType.NUMBER: _SCALAR_WORDS
    | {
        "greater than": ">|gt|more than|is greater than|is more than",
        "at least": ">=|≥|gte|greater than or equal to",
        "less than": "<|lt|is less than",
        "at most": "<=|≤|lte|less than or equal to",
        "between": "is between",
    },
    PropertyType.DATE: _SCALAR_WORDS
    | {
        "before": "<|lt|is before",
        "after": ">|gt|is after",
        "on": "is|is on|" + _SCALAR_WORDS["is"],
        "more than days ago": "more than|is more than|more than n days ago|older than",
        "less than days ago": "less than|is less than|less than n days ago",
        "exactly days ago": "exactly|exactly n days ago|exact n days ago|exact days ago|days ago",
    },
    PropertyType.COLLECTION: {
        "includes": "contains|has|include|is",
        "does not include": "does not contain|not includes|not contains|is not",
        "includes any": "contains any|includes any of|any of",
        "includes all": "contains all|includes all of|all of",
        "is empty": "does not exist|not exists|is not set",
        "is not empty": "exists|is set",
    },
}
_ALIASES = {
    kind: {alias: word for word, aliases in words.items() for alias in aliases.split("|")}
    for kind, words in _OTHER_WORDS.items()
}


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition. A filter with a problem holds for nobody, so that nobody is asked wrongly."""

    field: str  # a key of the customer: see `field_key`
    operator: str
    value: Wanted = None
    problem: str | None = None
    _holds: _Condition = dataclass_field(
        default=lambda _seen, _now: False, repr=False, compare=False
    )

    def holds(self, seen: object, now: datetime) -> bool:
        return self._holds(seen, now)

    def detail(self, seen: object) -> dict[str, object]:
        """Return what is to be told about this filter and the value it saw, as JSON."""
        told = {
            "field": self.field,
            "operator": self.operator,
            "value": _tell(self.value),
            "seen": _tell(seen),
        }
        return told if self.problem is None else told | {"problem": self.problem}


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The filter that left a customer out and the value it saw; with `any`, all the others too."""

    filter: Filter
    seen: object
    others: tuple["Mismatch", ...] = ()

    @property
    def detail(self) -> dict[str, object]:
        """`{field, operator, value, seen}`; with `any` also `others`, a list of the same."""
        told = self.filter.detail(self.seen)
        if self.others:
            told["others"] = [other.detail for other in self.others]
        return told


@dataclass(frozen=True, slots=True)
class Audience:
    match: Literal["all", "any"] = "all"
    filters: tuple[Filter, ...] = ()

    def first_mismatch(self, customer: Mapping[str, object], now: datetime) -> Mismatch | None:
        """Return why this customer is outside; None means inside, as everyone is with no filters.

        `customer` holds the built-in fields by name and each property by its `field_key`; a value
        is a text, a number, an ISO 8601 date or datetime, or a list. Absent, None, "" and [] are
        missing: a negative operator ("is not", "does not …", "is empty") holds for them, any
        other does not. Texts are compared without regard to case and outer spaces.
        """
        missed: list[Mismatch] = []
        for each in self.filters:
            seen = customer.get(each.field)
            if each.holds(seen, now):
                if self.match == "any":
                    return None
            elif self.match == "all":
                return Mismatch(each, seen)
            else:
                missed.append(Mismatch(each, seen))
        if not missed:
            return None
        return Mismatch(missed[0].filter, missed[0].seen, tuple(missed[1:]))


def field_key(property_name: str) -> str:
    """Return the key of a property among a customer's fields: its name, unless a field has it."""
    taken = property_name in _SPELLINGS or property_name.startswith(_PREFIX)
    return _PREFIX + property_name if taken else property_name


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


# ---- telling


def _tell(value: object) -> object:
    """Return a value as JSON, short enough to keep with every decision."""
    if isinstance(value, str):
        return value if len(value) <= _LONGEST_TOLD else value[: _LONGEST_TOLD - 1] + "…"
    if isinstance(value, list):
        return [_tell(item) for item in value[:_MOST_TOLD]]
    if value is None or (isinstance(value, int | float) and abs(value) <= 1e308):
        return value
    return value.isoformat() if isinstance(value, datetime) else describe(value)


# ---- reading a definition

_Read = tuple[Literal["all", "any"], tuple[Filter, ...], list[str]]
_EVERYONE: _Read = ("all", (), [])


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
    found = _find_field(name, types)
    if found is None:
        return broken(_no_such_field(name, types))
    key, kind = found
    operator = _find_operator(kind, word)
    if operator is None:
        words = ", ".join(_OPERATORS[kind])
        return broken(f"{describe(word)} does not fit {name}, a {kind}; use one of: {words}.")
    wanted = _wanted(operator.takes, value)
    if isinstance(wanted, Problem):
        return broken(f"{name} {operator.label}: {wanted.message}")
    return Filter(key, operator.word, wanted, None, _condition(kind, operator, wanted))


def _find_field(name: object, types: Mapping[str, PropertyType]) -> tuple[str, PropertyType] | None:
    if not isinstance(name, str):
        return None
    name = name.strip()
    if built_in := _SPELLINGS.get(name):
        return built_in, BUILT_IN_FIELDS[built_in]
    name = name.removeprefix(_PREFIX)
    return (field_key(name), PropertyType(types[name])) if name in types else None


def _no_such_field(name: object, types: Mapping[str, PropertyType]) -> str:
    if not isinstance(name, str) or not name.strip():
        return "It names no field; use a field such as country, or a property."
    near = difflib.get_close_matches(name.strip()[:80], [*BUILT_IN_FIELDS, *types], n=1)
    mend = f'did you mean "{near[0]}"?' if near else "define a property of that name first."
    return f"There is no field or property called {describe(name)}; {mend}"


def _name(name: object) -> str:
    return name[:_LONGEST_TOLD] if isinstance(name, str) else ""


def _find_operator(kind: PropertyType, word: object) -> Operator | None:
    if not isinstance(word, str):
        return None
    word = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", word).lower()
    word = word.replace("doesn't", "does not").replace("isn't", "is not")
    word = re.sub(r"[\s_…-]+", " ", word).strip()
    return _OPERATORS[kind].get(word) or _OPERATORS[kind].get(_ALIASES[kind].get(word, ""))


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


# ---- comparing

_Test = Callable[[Any, Any, datetime], bool]  # the value read, the value wanted, the time

_TESTS: Mapping[PropertyType, Mapping[str, _Test]] = {
    PropertyType.TEXT: {
        "is": lambda text, wanted, _: text == wanted,
        "contains": lambda text, wanted, _: wanted in text,
        "starts with": lambda text, wanted, _: text.startswith(wanted),
        "ends with": lambda text, wanted, _: text.endswith(wanted),
    },
    PropertyType.NUMBER: {
        "is": lambda number, wanted, _: number == wanted,
        "greater than": lambda number, wanted, _: number > wanted,
        "at least": lambda number, wanted, _: number >= wanted,
        "less than": lambda number, wanted, _: number < wanted,
        "at most": lambda number, wanted, _: number <= wanted,
        "between": lambda number, wanted, _: wanted[0] <= number <= wanted[1],
    },
    PropertyType.DATE: {
        "before": lambda moment, wanted, _: moment < wanted,
        "after": lambda moment, wanted, _: _is_after(moment, wanted),
        "on": lambda moment, wanted, _: moment.date() == wanted.date(),
        "more than days ago": lambda moment, days, now: moment < now - days,
        "less than days ago": lambda moment, days, now: now - days < moment <= now,
        "exactly days ago": lambda moment, days, now: _day(now) - moment.date() == days,
    },
    PropertyType.COLLECTION: {
        "includes": lambda words, wanted, _: words >= wanted,
        "includes any": lambda words, wanted, _: not words.isdisjoint(wanted),
        "includes all": lambda words, wanted, _: words >= wanted,
    },
}


def _is_after(moment: datetime, wanted: datetime) -> bool:
    """After a day means once that day is over; a wanted midnight is a day."""
    if wanted.time() == time.min:
        return moment.date() > wanted.date()
    return moment > wanted


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()


def _condition(kind: PropertyType, operator: Operator, wanted: Wanted) -> _Condition:
    positive = _DENIALS.get(operator.word, operator.word)
    denied = positive != operator.word
    test = _TESTS[kind].get(positive, _is_known)
    prepared = _prepare(kind, operator.takes, wanted)
    read = _READERS[kind]

    def holds(seen: object, now: datetime) -> bool:
        value = read(seen)
        return (value is not None and test(value, prepared, now)) is not denied

    return holds


def _is_known(_value: object, _wanted: object, _now: datetime) -> bool:
    return True


def _prepare(kind: PropertyType, takes: Takes, wanted: Wanted) -> object:
    """Return the stored value as the tests want it."""
    if takes == "days":
        return timedelta(days=cast(int, wanted))
    if takes == "pair":
        return wanted
    if takes == "text" and kind is PropertyType.COLLECTION:
        wanted = [cast(str, wanted)]  # one word, though there may be a comma in it
    return _READERS[kind](wanted)


def _read_text(value: object) -> str | None:
    text = value if isinstance(value, str) else convert(value, PropertyType.TEXT)
    return _fold(text) or None if isinstance(text, str) else None


def _read_number(value: object) -> float | int | None:
    number = convert(value, PropertyType.NUMBER)
    return number if isinstance(number, int | float) else None


def _read_words(value: object) -> frozenset[str] | None:
    words = convert(value, PropertyType.COLLECTION)
    return frozenset(map(_fold, words)) if isinstance(words, list) else None


def _fold(text: str) -> str:
    """Make spellings of one text equal: case, composed letters, space around."""
    text = text.strip().casefold()
    return text if text.isascii() else unicodedata.normalize("NFC", text)


_READERS: Mapping[PropertyType, Callable[[object], object]] = {
    PropertyType.TEXT: _read_text,
    PropertyType.NUMBER: _read_number,
    PropertyType.DATE: parse_instant,
    PropertyType.COLLECTION: _read_words,
}
