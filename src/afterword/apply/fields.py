"""Read the fields of one thing in a workspace's file, each with its own refusal. Pure."""

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from enum import StrEnum

import yaml

from afterword.apply.problems import Problems

MOST_THINGS = 1000  # in a list of things
MOST_VALUES = 100  # in a list of texts
_NULL = "tag:yaml.org,2002:null"
_YES = {"true", "yes", "on"}
_NO = {"false", "no", "off"}
_KEY = re.compile(r"[A-Za-z0-9_-]+")
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,9})?")
# What PostgreSQL refuses, and what turns up only by accident.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
NOT_YET = "not available in this version"


class Fields:
    """The fields at one place in the file, read one by one; `finish` refuses those left over.

    A field that is absent or null has its default. A wrong one is noted and read as its default
    too, so that reading goes on to the next problem. `later` names the fields and values of
    later versions.
    """

    def __init__(
        self, node: yaml.Node, path: str, problems: Problems, later: Collection[str] = ()
    ) -> None:
        self.path = path
        self.line = node.start_mark.line + 1
        self._problems = problems
        self._later = later
        self._known: list[str] = []
        self._nodes: dict[str, yaml.Node] = {}
        self._lines: dict[str, int] = {}
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                self._add(key, value)
        else:
            problems.add(self.line, path, "Write fields and their values here, as {name: …}.")

    def refuse(self, name: str, text: str) -> None:
        """Note what is wrong with a field; where it is absent, with its thing."""
        path = f"{self.path}.{name}" if self.path else name
        self._problems.add(self._lines.get(name, self.line), path, text)

    def has(self, name: str) -> bool:
        return self._node(name) is not None

    @property
    def names(self) -> list[str]:
        return list(self._nodes)

    def is_mapping(self, name: str) -> bool:
        return isinstance(self._node(name), yaml.MappingNode)

    def text(
        self, name: str, limit: int, default: str | None = None, *, lines: bool = False
    ) -> str:
        """Return a text of at most `limit` characters; without a default it must be there."""
        value = self._scalar(name)
        if value is None or not value.strip():
            if default is None:
                self.refuse(name, "This is needed." if value is None else "This is empty.")
            return default or ""
        value = value.strip()
        if problem := _unfit(value, limit, lines):
            self.refuse(name, problem)
            return default or ""
        return value

    def choice(
        self, name: str, choices: type[StrEnum] | Collection[str], default: str | None = None
    ) -> str:
        """Return one of the choices; "" where a needed one is missing or wrong."""
        value = self._scalar(name)
        words = [str(each) for each in choices]
        if value is None:
            if default is None:
                self.refuse(name, f"This is needed: {_either(words)}.")
            return default or ""
        if value in words:
            return value
        if value in self._later:
            self.refuse(name, f"{value} is {NOT_YET}; use {_either(words)}.")
        else:
            self.refuse(name, f"{_shown(value)} is not {_either(words)}.")
        return default or ""

    def switch(self, name: str, default: bool | None) -> bool | None:
        value = self._scalar(name)
        if value is None or value.lower() in _YES | _NO:
            return default if value is None else value.lower() in _YES
        self.refuse(name, f"{_shown(value)} is not true or false.")
        return default

    def integer(self, name: str, low: int, high: int, about: str = "") -> int | None:
        """Return a whole number; `about` is a sentence that a refusal ends with."""
        value = self._scalar(name)
        if value is None:
            return None
        if value.isascii() and value.isdigit() and low <= int(value[:10]) <= high:
            return int(value[:10])
        refusal = f"{_shown(value)} is not a whole number from {low} to {high:,}."
        self.refuse(name, f"{refusal} {about}".rstrip())
        return None

    def number(self, name: str, low: float, high: float, default: float) -> float:
        value = self._scalar(name)
        if value is None:
            return default
        if _NUMBER.fullmatch(value) and low <= float(value) <= high:
            return float(value)
        self.refuse(name, f"{_shown(value)} is not a number from {low:g} to {high:g}.")
        return default

    def texts(self, name: str, limit: int) -> list[str]:
        """Return a list of texts, none of them twice; one alone may be written without a list."""
        node = self._node(name)
        if isinstance(node, yaml.ScalarNode):
            return [found] if (found := self.text(name, limit)) else []
        texts: list[str] = []
        for each in self._items(name):
            value = each.value.strip() if isinstance(each, yaml.ScalarNode) else ""
            if problem := _unfit(value, limit, lines=False) if value else "An item is no text.":
                self.refuse(name, problem)
            elif value in texts:
                self.refuse(name, f"{_shown(value)} is named twice.")
            texts.append(value)
        return texts

    def value(self, name: str) -> str | list[str] | None:
        """Return a text or a list of texts, as they are written."""
        node = self._node(name)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(name)
        found = [each.value for each in self._items(name) if isinstance(each, yaml.ScalarNode)]
        if node is not None and len(found) != len(self._items(name)):
            self.refuse(name, "Write a value or a list of values.")
        return found if node is not None else None

    def child(self, name: str, later: Collection[str] = ()) -> "Fields | None":
        """Return the fields inside a field; None where it is absent."""
        node = self._node(name)
        path = f"{self.path}.{name}" if self.path else name
        return None if node is None else Fields(node, path, self._problems, later)

    def children(
        self, name: str, later: Collection[str] = (), *, most: int = MOST_THINGS
    ) -> list["Fields"]:
        """Return the fields of each thing in a list."""
        path = f"{self.path}.{name}" if self.path else name
        return [
            Fields(node, f"{path}[{index}]", self._problems, later)
            for index, node in enumerate(self._items(name, most))
        ]

    def finish(self) -> None:
        """Refuse the fields that nobody has asked for."""
        for name in self._nodes:
            if name in self._known:
                continue
            if name in self._later:
                self.refuse(name, NOT_YET)
                continue
            near = get_close_matches(name, self._known, n=1)
            mend = f"did you mean {near[0]}?" if near else f"use {', '.join(self._known)}."
            self.refuse(name, f"There is no such field; {mend}")

    def _add(self, key: yaml.Node, value: yaml.Node) -> None:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            self._problems.add(line, self.path, "The name of a field must be a word.")
        elif key.value == "<<":
            self._problems.add(line, self.path, "<< is not available: write the fields out.")
        elif key.value in self._nodes:
            first = self._lines[key.value]
            self._problems.add(
                line, f"{self.path}.{key.value}".lstrip("."), f"This is already on line {first}."
            )
        else:
            self._nodes[key.value] = value
            self._lines[key.value] = line

    def _node(self, name: str) -> yaml.Node | None:
        if name not in self._known:
            self._known.append(name)
        node = self._nodes.get(name)
        return None if node is None or node.tag == _NULL else node

    def _scalar(self, name: str) -> str | None:
        """Return a value as it is written: YAML would make `NO` false and 007 a seven."""
        node = self._node(name)
        if node is None:
            return None
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        self.refuse(name, "Write one value here, not several.")
        return None

    def _items(self, name: str, most: int = MOST_VALUES) -> list[yaml.Node]:
        node = self._node(name)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.refuse(name, "Write a list here: each item on a line that begins with a dash.")
            return []
        if len(node.value) > most:
            self.refuse(name, f"These are more than {most:,}.")
            return []
        return list(node.value)


def read_key(fields: Fields) -> str:
    key = fields.text("key", 100)
    if key and not _KEY.fullmatch(key):
        fields.refuse("key", f"{_shown(key)} is no key: use letters, digits, - and _ alone.")
    return key


def twice(things: Mapping[str, list[Fields]], name: str) -> None:
    """Refuse the things that have a name which another has; `things` are by that name."""
    for given, sharing in things.items():
        for each in sharing[1:] if given else []:
            each.refuse(name, f"{_shown(given)} is already used on line {sharing[0].line}.")


def _unfit(value: str, limit: int, lines: bool) -> str | None:
    if len(value) > limit:
        return f"This is longer than {limit:,} characters."
    if _UNFIT.search(value):
        return "This has characters that cannot be stored: take the control characters out."
    return None if lines or "\n" not in value else "Write this on one line."


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _shown(value: str) -> str:
    return repr(value if len(value) <= 60 else value[:59] + "…")
