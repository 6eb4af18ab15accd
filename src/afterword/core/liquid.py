"""Texts that users write in Liquid. Pure.

A text is plain text: whoever puts its result into HTML escapes the whole of it.
"""

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TextIO

from liquid import BlockNode, BoundTemplate, Environment, RenderContext
from liquid.builtin.tags.for_tag import ForNode, ForTag
from liquid.exceptions import FilterArgumentError, LiquidError, ResourceLimitError

SOURCE_LIMIT = 5_000  # characters of a text, of its result and of every step between
ITEM_LIMIT = 1_000
TAG_LIMIT = 1_000  # characters from `{{` or `{%` to its end: Liquid's parser takes the square
WORK_LIMIT = 1_000_000  # about half a second: characters looked at, and some for every step
_STEP = 50
_SIZED = (str, list, tuple, dict, range)

_TAG = re.compile(r"\{\{|\{%")

# Liquid passes on what Python's own arithmetic, clocks and lookups raise inside a filter.
_FAULTS = (LiquidError, ArithmeticError, LookupError, OSError, TypeError, ValueError)


class TextRefused(ValueError):
    """A text that cannot be used, now or for this person; its message is safe to show."""


class Work:
    """What filling in may still cost, for one text or several that are filled in together.

    Counted in what is looked at, not in time, so that a text fails everywhere or nowhere.
    """

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = WORK_LIMIT


class Text:
    """A parsed text. `names` are the variables it reads; without Liquid it is `fixed`."""

    __slots__ = ("_template", "fixed", "names", "source")

    def __init__(self, source: str) -> None:
        """Raise TextRefused where `source` is too long or is not Liquid."""
        self.source = source
        self.names: frozenset[str] = frozenset()
        self._template: BoundTemplate | None = None
        if len(source) > SOURCE_LIMIT:
            raise TextRefused(f"is longer than {SOURCE_LIMIT:,} characters")
        self.fixed = _TAG.search(source) is None
        if not self.fixed:
            _check_tags(source)
            self._template, self.names = _parse(source)

    def render(self, values: Mapping[str, object], work: Work | None = None) -> str:
        """Unknown variables render empty. Raise TextRefused where the values break a filter.

        `work` is shared with the texts that are filled in together; without it, it has its own.
        """
        if self._template is None:
            return self.source
        try:
            return _filled(self._template, values, work or Work())
        except _FAULTS as fault:
            raise TextRefused(_in_words(fault)) from fault


def _filled(template: BoundTemplate, values: Mapping[str, object], work: Work) -> str:
    context = _Context(template, globals=template.make_globals(values))
    context.left = work.left
    result = context.get_buffer()
    try:
        template.render_with_context(context, result)
    finally:
        work.left = context.left
    return result.getvalue()


class _Context(RenderContext):
    """Counts what a text does, so that it ends: Liquid itself bounds one loop, and not the next.

    One text must not hold up the mail of everybody else.
    """

    left = WORK_LIMIT

    def get(self, *args: Any, **kwargs: Any) -> object:
        found = super().get(*args, **kwargs)
        self.spend(found)
        return found

    def assign(self, key: str, val: Any) -> None:
        self.spend(self.locals)  # all of them are measured each time
        super().assign(key, val)

    def filter(self, name: str, token: Any) -> Callable[..., object]:
        function = super().filter(name, token)

        def counted(*args: Any, **kwargs: Any) -> object:
            self.spend(*args)
            return function(*args, **kwargs)

        return counted

    def raise_for_loop_limit(self, length: int = 1) -> None:
        super().raise_for_loop_limit(length)
        self.left -= length * _STEP

    def spend(self, *values: object) -> None:
        for one in values:
            self.left -= _STEP + (len(one) if isinstance(one, _SIZED) else 0)
        if self.left < 0:
            raise ResourceLimitError("it takes too long to work out", token=None)


class _Pass(BlockNode):
    """What a loop repeats: each time costs its length, for constants take time to look at too."""

    __slots__ = ("cost",)

    def __init__(self, block: BlockNode) -> None:
        super().__init__(block.token, block.nodes)
        self.cost = len(str(block)) // 2

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        assert isinstance(context, _Context)
        context.left -= self.cost
        context.spend()
        return super().render_to_output(context, buffer)


class _ForNode(ForNode):
    __slots__ = ()

    def __init__(self, token: Any, expression: Any, block: BlockNode, default: Any = None) -> None:
        super().__init__(token, expression, _Pass(block), default)


class _ForTag(ForTag):
    node_class = _ForNode


class _Environment(Environment):
    """Liquid as survey texts have it: no includes, no HTML, and a bound on every size."""

    block_nesting_limit = 10
    loop_iteration_limit = ITEM_LIMIT
    local_namespace_limit = 20 * SOURCE_LIMIT
    output_stream_limit = 4 * SOURCE_LIMIT  # in bytes

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        for tag in ("include", "render", "tablerow"):
            del self.tags[tag]
        self.add_tag(_ForTag)
        for name, function in self.filters.items():
            self.filters[name] = _bounded(function)
        for name in ("escape", "escape_once", "newline_to_br", "safe"):
            self.filters[name] = str  # results are escaped whole; twice would show


def _bounded(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that neither takes nor makes more than a mail can hold."""

    @wraps(function)
    def bounded(*args: Any, **kwargs: Any) -> Any:
        if any(isinstance(arg, range) and len(arg) > ITEM_LIMIT for arg in args):
            raise FilterArgumentError(f"range longer than {ITEM_LIMIT:,}", token=None)
        try:
            result = function(*args, **kwargs)
        except (ArithmeticError, OSError) as fault:  # Liquid knows the line of its own faults alone
            raise FilterArgumentError("a number is out of range", token=None) from fault
        if isinstance(result, str | list) and len(result) > SOURCE_LIMIT:
            raise FilterArgumentError(f"result longer than {SOURCE_LIMIT:,}", token=None)
        return result

    return bounded


_ENVIRONMENT = _Environment()


def _check_tags(source: str) -> None:
    """Refuse a tag that goes on and on, before the parser looks at it."""
    for tag in _TAG.finditer(source):
        end = source.find("}}" if tag[0] == "{{" else "%}", tag.end())
        if (len(source) if end < 0 else end) - tag.start() > TAG_LIMIT:
            line = source.count("\n", 0, tag.start()) + 1
            raise TextRefused(
                f"has a mistake on line {line}: {tag[0]} is longer than {TAG_LIMIT:,} characters, "
                "or does not end"
            )


def _parse(source: str) -> tuple[BoundTemplate, frozenset[str]]:
    try:
        template = _ENVIRONMENT.from_string(source)
        found = template.analyze()
    except _FAULTS as fault:
        raise TextRefused(_in_words(fault)) from fault
    unknown = sorted(set(found.filters) - set(_ENVIRONMENT.filters))
    if unknown:
        raise TextRefused(f"uses a filter that does not exist: {unknown[0]}")
    return template, frozenset(found.globals)


def _in_words(fault: Exception) -> str:
    """Liquid's complaint on one line, with the line of the text where it knows it."""
    if not isinstance(fault, LiquidError):
        return f"cannot be worked out: {fault}"
    token = fault.token
    if token is None or token.start_index < 0:
        return f"has a mistake: {fault.message}"
    line = token.source.count("\n", 0, token.start_index) + 1
    return f"has a mistake on line {line}: {fault.message}"


def problems(source: str) -> list[str]:
    """What is wrong with a text that a user wrote, each as the end of a sentence about it."""
    try:
        Text(source)
    except TextRefused as refused:
        return [str(refused)]
    return []
