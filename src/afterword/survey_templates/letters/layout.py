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

from afterword.survey_templates.metrics import SCALES, Metric, ScoreLook, drawn_score
from afterword.survey_templates.wording.words import Words

_MJML = files("afterword.survey_templates.letters").joinpath("survey.mjml").read_text("utf-8")
_HOLE = re.compile(r"\[\[(\w+)\]\]")
# Short lines travel as 7bit, without an encoding; white space between blocks means nothing.
_BLOCK = re.compile(r"(?=<(?:table|tr|td|div|h1)\b)")
_INDENT = re.compile(r"\s*\n\s*")

_CELL = (
    '<td class="score" align="center" bgcolor="[[accent]]" style="background-color:[[accent]];'
    'border:1px solid [[edge]];border-radius:6px"><a href="[[survey]]?score={score}"'
    ' title="{title}" aria-label="{title}" style="display:block;line-height:48px;'
    "mso-line-height-rule:exactly;font-size:19px;font-weight:700;color:[[on_accent]];"
    'white-space:nowrap;word-break:normal;text-decoration:none">{score}</a></td>'
)
# A star is text, in the brand's colour; a face is a picture that the system's font has.
_DRAWN = (
    '<td class="{look}" align="center"><a href="[[survey]]?score={score}" title="{title}"'
    ' aria-label="{title}" style="display:block;padding:2px 0 4px;color:#2b2e34;'
    'text-decoration:none"><span class="glyph" style="display:block;font-size:{size};'
    'line-height:52px;mso-line-height-rule:exactly;color:[[star]]">{mark}</span>'
    '<span class="number" style="display:block;font-size:15px;line-height:20px;'
    'font-weight:700;color:#2b2e34">{score}</span></a></td>'
)
# Where a screen is narrow, a long scale takes two rows: fingers need 30 px.
_LONG = 7  # more scores than this
_ROW = (
    '<table role="presentation"{long} width="100%" cellpadding="0" cellspacing="4" border="0"'
    ' style="width:100%;max-width:{width};table-layout:fixed;border-collapse:separate;'
    'border-spacing:4px 0"><tr>{cells}</tr></table>'
)
_ENDS = (
    '<table role="presentation" class="ends" width="100%" cellpadding="0" cellspacing="0"'
    ' border="0" style="width:100%;max-width:{width}"><tr>'
    '<td align="[[start]]" style="{style}">{lowest} &ndash; [[lowest_label]]</td>'
    '<td width="12">&nbsp;</td>'
    '<td align="[[end]]" style="{style}">{highest} &ndash; [[highest_label]]</td></tr></table>'
)
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
_AS_TEXT = "&#65038;"  # after a sign: no picture, but text with a colour
_ENDS_STYLE = "font-size:13px;line-height:18px;color:#666c76;vertical-align:top"


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
    source = _MJML.replace("[[scores]]", _score_row(metric, look, words))
    source = source.replace("[[ends]]", _ends(metric, look))
    options = mrml.RenderOptions(disable_comments=True, fonts={})
    html = mrml.to_html(source, render_options=options).content
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


def _score_row(metric: Metric, look: ScoreLook, words: Words) -> str:
    scale = SCALES[metric]
    title = words.score_title.replace("{highest}", str(scale.highest))
    cells = [_cell(look, score, title.format(score=score)) for score in scale.scores]
    long = ' class="long"' if len(cells) > _LONG else ""
    return _ROW.format(cells="".join(cells), width=_width(look), long=long)


def _cell(look: ScoreLook, score: int, title: str) -> str:
    if look is ScoreLook.NUMBERS:
        return _CELL.format(score=score, title=title)
    is_star = look is ScoreLook.STARS
    mark = _reference(drawn_score(look, score)) + (_AS_TEXT if is_star else "")
    size, name = ("52px", "star") if is_star else ("38px", "face")
    return _DRAWN.format(score=score, title=title, look=name, mark=mark, size=size)


def _reference(sign: str) -> str:
    """Return a sign as ASCII can say it, so that a mail needs no encoding for it."""
    return sign.encode("ascii", "xmlcharrefreplace").decode()


def _ends(metric: Metric, look: ScoreLook) -> str:
    scale = SCALES[metric]
    return _ENDS.format(
        lowest=scale.lowest, highest=scale.highest, style=_ENDS_STYLE, width=_width(look)
    )


def _width(look: ScoreLook) -> str:
    """Stars and faces stand together, as people know them; buttons take the whole line."""
    return "100%" if look is ScoreLook.NUMBERS else "360px"
