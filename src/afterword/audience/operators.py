"""The operators of an audience's filters, and other words for them. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from afterword.customers.values import PropertyType

Takes = Literal["none", "text", "number", "date", "days", "list", "pair"]


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
        PropertyType.BOOLEAN: (
            *_same("none", "is true", "is not true", "is false", "is not false"),
            *_EXISTENCE,
        ),
    }
)
_OPERATORS = {
    kind: {operator.word: operator for operator in operators}
    for kind, operators in OPERATORS_BY_TYPE.items()
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
    PropertyType.BOOLEAN: {
        "is true": "true|is yes",
        "is not true": "not true|is not yes",
        "is false": "false|is no",
        "is not false": "not false|is not no",
        "exists": _SCALAR_WORDS["exists"],
        "does not exist": _SCALAR_WORDS["does not exist"],
    },
}
_ALIASES = {
    kind: {alias: word for word, aliases in words.items() for alias in aliases.split("|")}
    for kind, words in _OTHER_WORDS.items()
}


def find_operator(kind: PropertyType, word: object) -> Operator | None:
    """Return the operator that `word` means for a value of this type, if there is one."""
    if not isinstance(word, str):
        return None
    word = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", word).lower()
    word = word.replace("doesn't", "does not").replace("isn't", "is not")
    word = re.sub(r"[\s_…-]+", " ", word).strip()
    return _OPERATORS[kind].get(word) or _OPERATORS[kind].get(_ALIASES[kind].get(word, ""))
