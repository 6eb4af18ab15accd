"""The detail of a decision, spelt as the API spells its fields."""

import re
from typing import Any


def camel_keys(detail: dict[str, Any]) -> dict[str, Any]:
    """Return the same with every key in camelCase; keys are ours, values stay as they are."""
    return {_camel(key): _with_camel_keys(value) for key, value in detail.items()}


def _with_camel_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return camel_keys(value)
    return [_with_camel_keys(item) for item in value] if isinstance(value, list) else value


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)
