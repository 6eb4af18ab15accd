"""Values as they stand in a file, and the file's text. Pure."""

from collections.abc import Mapping
from typing import Any

import yaml

_WIDTH = 100


class _Dumper(yaml.SafeDumper):
    """Puts a list's items in by two spaces, and texts of several lines below each other."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def as_yaml(content: Mapping[str, Any]) -> str:
    return yaml.dump(
        dict(content), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH
    )


def on_one_line(value: object) -> str:
    """Return a value as YAML may have it within a line."""
    text: str = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10**9
    )
    return text.removesuffix("\n").removesuffix("...").strip()


def given(found: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what says nothing: a file that does not name it has its default."""
    return {name: value for name, value in found.items() if value not in (None, "", [], {}, ())}


def whole(number: float) -> float | int:
    return int(number) if number == int(number) else number


def with_plain_lines(value: Any) -> Any:
    """Return a value whose texts end their lines as files do: a form sends them otherwise."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, Mapping):
        return {name: with_plain_lines(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [with_plain_lines(each) for each in value]
    return value
