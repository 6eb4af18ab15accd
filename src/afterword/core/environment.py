"""Typed readers of environment variables: every wrong value is found, named and explained."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
Default = TypeVar("Default")


class SettingError(Exception):
    """Settings that cannot be used; the text names each variable and how to mend it."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class Environment:
    """Reads the variables that begin with `prefix`, gathering what is wrong until `finish`.

    Each variable may instead be given as a file that holds its value, in NAME_FILE. An empty
    value counts as none.
    """

    def __init__(self, environ: Mapping[str, str], prefix: str) -> None:
        self._environ = environ
        self._prefix = prefix
        self._known: list[str] = []
        self._problems: list[str] = []

    def read(self, name: str, parse: Callable[[str], T], default: Default) -> T | Default:
        """Return the parsed value, or `default` where the variable is absent or wrong.

        `parse` raises ValueError with a text that says what would be right.
        """
        self._known.append(name)
        value = self._text(self._prefix + name)
        if not value:
            return default
        try:
            return parse(value)
        except ValueError as error:
            self._problems.append(f"{self._prefix}{name}: {error}")
            return default

    def finish(self) -> None:
        """Raise SettingError if a value was wrong or a variable is not one that was read."""
        self._refuse_unknown()
        if self._problems:
            raise SettingError(self._problems)

    def _text(self, name: str) -> str:
        value = self._environ.get(name, "").strip()
        path = self._environ.get(f"{name}_FILE", "").strip()
        if not path:
            return value
        if value:
            self._problems.append(f"{name}: give this or {name}_FILE, not both.")
            return ""
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not text in UTF-8"
            self._problems.append(f"{name}_FILE: cannot read {path}: {reason}.")
            return ""

    def _refuse_unknown(self) -> None:
        known = {self._prefix + name + suffix for name in self._known for suffix in ("", "_FILE")}
        for name in sorted(self._environ):
            if name.startswith(self._prefix) and name not in known:
                near = get_close_matches(name, sorted(known), n=1)
                hint = f" Did you mean {near[0]}?" if near else ""
                self._problems.append(f"{name}: there is no such setting.{hint}")


def integer(low: int, high: int) -> Callable[[str], int]:
    """Return a parser of whole numbers from `low` to `high`, both included."""

    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text[:10]) <= high:
            raise ValueError(f"{text!r} is not a whole number from {low} to {high}.")
        return int(text)

    return parse


def list_of(parse_item: Callable[[str], T]) -> Callable[[str], tuple[T, ...]]:
    """Return a parser of items separated by commas or spaces."""

    def parse(text: str) -> tuple[T, ...]:
        return tuple(parse_item(item) for item in text.replace(",", " ").split())

    return parse
