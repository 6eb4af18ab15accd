"""What differs between a workspace before and after, in the words of its file. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from afterword.apply.outcome import Outcome
from afterword.apply.writing.text import on_one_line

LONGEST = 60  # characters of a value that a line shows
_LISTS = {"properties": "property", "templates": "template", "campaigns": "campaign"}
_LISTS |= {"tokens": "token", "inbound_webhooks": "inbound webhook"}
_RULES = ("notifications", "webhooks")
_ABSENT = object()


def tell_differences(outcome: Outcome, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Put below each thing that was told what is different, and name what the file left alone.

    Both are a file's content; what is new is only named.
    """
    was, now = _things(before), _things(after)
    for thing, content in now.items():
        told = outcome.things.get(thing)
        if told is None:
            if content and thing in was:
                outcome.left_alone.append(thing)
        elif thing in was:
            told.details = list(differences(was[thing], content))


def _things(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a file holds by what it is called in an outcome."""
    found: dict[str, Any] = {}
    if content:
        found[f"workspace {content['workspace']['name']}"] = content["workspace"]
        found["brand"] = content.get("brand", {})
        rules = {name: content[name] for name in _RULES if name in content}
        found["follow-ups of the workspace"] = rules
        found["close the loop"] = content.get("close_the_loop", {})
        for name, noun in _LISTS.items():
            for each in content.get(name, []):
                found[f"{noun} {each.get('key') or each['name']}"] = each
    return found


def differences(was: Any, now: Any, path: str = "") -> Iterator[str]:
    """Yield a line for each field that is not the same: added, removed, or from → to."""
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        for name in dict.fromkeys([*was, *now]):
            inner = f"{path}.{name}" if path else str(name)
            yield from differences(was.get(name, _ABSENT), now.get(name, _ABSENT), inner)
    elif _is_list_of_things(was) or _is_list_of_things(now):
        yield from _of_lists(_as_list(was), _as_list(now), path)
    elif was is _ABSENT:
        yield f"{path}: added {shown(now)}"
    elif now is _ABSENT:
        yield f"{path}: removed {shown(was)}"
    elif was != now:
        yield f"{path}: {shown(was)} → {shown(now)}"


def _of_lists(was: Sequence[Any], now: Sequence[Any], path: str) -> Iterator[str]:
    """Things of which as many are there at the same places changed; else some came or went."""
    if len(was) == len(now):
        for place, (old, new) in enumerate(zip(was, now, strict=True), 1):
            yield from differences(old, new, f"{path}[{place}]")
        return
    for each in was:
        if each not in now:
            yield f"{path}: removed {shown(each)}"
    for each in now:
        if each not in was:
            yield f"{path}: added {shown(each)}"


def _is_list_of_things(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(each, Mapping) for each in value)


def _as_list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else []


def shown(value: Any) -> str:
    """Return a value on one line, so long at most."""
    if isinstance(value, str) and "\n" not in value:
        text = value
    elif isinstance(value, str):
        text = value.replace("\n", " ⏎ ")
    elif isinstance(value, list) and not _is_list_of_things(value):
        text = ", ".join(str(each) for each in value) or "nothing"
    else:
        text = on_one_line(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
