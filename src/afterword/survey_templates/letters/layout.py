"""The look of a survey mail: its outline in HTML and in plain text, still without a person. Pure.

The MJML beside this file goes through mrml once for each metric. What a template and a
person add are holes in the result, so a mail costs a join and no markup is parsed again.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Self

import mrml

from afterword.survey_templates.letters.scores import ends_row, score_row
from afterword.survey_templates.metrics import SCALES, Metric, ScoreLook
from afterword.survey_templates.wording.words import Words

_MJML = files("afterword.survey_templates.letters").joinpath("survey.mjml").read_text("utf-8")
_HOLE = re.compile(r"\[\[(\w+)\]\]")
# Short lines travel as 7bit, without an encoding; white space between blocks means nothing.
_BLOCK = re.compile(r"(?=<(?:table|tr|td|div|h1)\b)")
_INDENT = re.compile(r"\s*\n\s*")

# Neither shown nor read out nor reached by the keyboard.
TRAP = (
    '<a href="{address}" tabindex="-1" aria-hidden="true"'
    ' style="display:none;mso-hide:all">&nbsp;</a>'
)
# Fetching it tells that the mail was opened. Its size is given twice, for Outlook too.
OPEN_PIXEL = (
    '<img src="{address}" width="1" height="1" alt=""'
    ' style="display:block;width:1px;height:1px;border:0">'
)


class Outline:
    """Text with named holes, cut apart once so that filling them is a join."""

    __slots__ = ("_holes", "_parts")

    def __init__(self, parts: list[str], holes: list[tuple[int, str]]) -> None:
        self._parts = parts
        self._holes = holes

    @classmethod
    def of(cls, source: str) -> Self:
        """Cut `source`, whose holes are written `[[name]]`."""
        parts = _HOLE.split(source)  # text, name, text, name, …, text
        return cls(parts, [(at, parts[at]) for at in range(1, len(parts), 2)])

    def bind(self, values: Mapping[str, str]) -> "Outline":
        """Fill the holes that `values` names for good; what fills them is never cut again."""
        names = dict(self._holes)
        parts, holes = [""], []
        for at, part in enumerate(self._parts):
            name = names.get(at)
            if name is None or name in values:
                parts[-1] += part if name is None else values[name]
            else:
                holes.append((len(parts), name))
                parts += [name, ""]
        return Outline(parts, holes)

    def fill(self, values: Mapping[str, str]) -> str:
        parts = self._parts.copy()
        for at, name in self._holes:
            parts[at] = values[name]
        return "".join(parts)


@cache
def html_outline(metric: Metric, look: ScoreLook, words: Words) -> Outline:
    """One mail in HTML. Holes are lower-case names; the ones in `scores` are links."""
    options = mrml.RenderOptions(disable_comments=True, fonts={})
    html = mrml.to_html(_MJML, render_options=options).content
    html = html.replace("[[scores]]", score_row(metric, look, words))
    html = html.replace("[[ends]]", ends_row(metric, look))
    return Outline.of(_INDENT.sub("\n", _BLOCK.sub("\n", html)))


@cache
def text_outline(metric: Metric, words: Words) -> Outline:
    scale = SCALES[metric]
    width = len(str(scale.highest))
    scores = "\n".join(f"{score:>{width}}: [[survey]]?score={score}" for score in scale.scores)
    return Outline.of(
        f"[[intro]][[question]]\n\n[[choose]]\n\n{scores}\n\n[[reply]]"
        f"-- \n[[footer]]\n\n{words.unsubscribe}: [[unsubscribe]]\n"
    )
