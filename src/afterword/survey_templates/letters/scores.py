"""The scores of a survey mail: a row of links, with what both ends mean beneath it. Pure.

What Outlook's engine, which is Word's, cannot do is said to it apart (docs/decisions/0024).
"""

from afterword.survey_templates.metrics import SCALES, Metric, ScoreLook, drawn_score
from afterword.survey_templates.wording.words import Words

WIDE = 536  # pixels: what a mail of 600 leaves between its gutters
NARROW = 360  # stars and faces stand together, as people know them
_GAP = 4
_LONG = 7  # more scores than this take two rows where a screen is narrow: fingers need 30 px

# Word makes a link as large as its words, and a digit is hard to hit: it gets a shape instead.
_CELL = (
    '<td class="score" align="center"><!--[if mso]><v:roundrect href="[[survey]]?score={score}"'
    ' alt="{title}" style="width:{width}px;height:48px;v-text-anchor:middle" arcsize="13%"'
    ' fillcolor="[[accent]]" strokecolor="[[edge]]"><w:anchorlock xmlns:w="urn:schemas-microsoft-'
    'com:office:word"/><center style="font-family:Arial,sans-serif;font-size:19px;'
    'font-weight:700;color:[[on_accent]]">{score}</center></v:roundrect><![endif]-->'
    '<!--[if !mso]><!--><a href="[[survey]]?score={score}" title="{title}" aria-label="{title}"'
    ' style="display:block;background-color:[[accent]];border:1px solid [[edge]];'
    "border-radius:6px;line-height:48px;font-size:19px;font-weight:700;color:[[on_accent]];"
    'white-space:nowrap;word-break:normal;text-decoration:none">{score}</a><!--<![endif]--></td>'
)
# A star is text, in the brand's colour; a face is a picture that the system's font has.
_DRAWN = (
    '<td class="{look}" align="center"><a href="[[survey]]?score={score}" title="{title}"'
    ' aria-label="{title}" style="display:block;line-height:20px;color:#2b2e34;'
    'text-decoration:none"><span class="glyph" style="font-size:{size};line-height:52px;'
    'color:[[star]]">{mark}</span><br><span class="number" style="font-size:15px;'
    'line-height:20px;font-weight:700;color:#2b2e34">{score}</span></a></td>'
)
_ROW = (
    '<table role="presentation"{long} width="100%" cellpadding="0" cellspacing="4" border="0"'
    ' style="width:100%;table-layout:fixed;border-collapse:separate;border-spacing:4px 0">'
    "<tr>{cells}</tr></table>"
)
_ENDS_STYLE = "font-size:13px;line-height:18px;color:#666c76;vertical-align:top"
_ENDS = (
    '<table role="presentation" class="ends" width="100%" cellpadding="0" cellspacing="0"'
    ' border="0" style="width:100%"><tr>'
    f'<td align="[[start]]" style="{_ENDS_STYLE}">{{lowest}} &ndash;'
    ' <span dir="auto">[[lowest_label]]</span></td>'
    '<td width="12">&nbsp;</td>'
    f'<td align="[[end]]" style="{_ENDS_STYLE}">{{highest}} &ndash;'
    ' <span dir="auto">[[highest_label]]</span></td>'
    "</tr></table>"
)
# Word heeds no max-width: it gets a table of that width around what is narrow.
_HELD = (
    '<!--[if mso]><table role="presentation" width="{width}" cellpadding="0" cellspacing="0"'
    ' border="0"><tr><td><![endif]--><div style="max-width:{width}px">{content}</div>'
    "<!--[if mso]></td></tr></table><![endif]-->"
)
_AS_TEXT = "&#65038;"  # after a sign: no picture, but text with a colour


def score_row(metric: Metric, look: ScoreLook, words: Words) -> str:
    scale = SCALES[metric]
    title = words.score_title.replace("{highest}", str(scale.highest))
    count = len(scale.scores)
    width = (WIDE - _GAP * (count + 1)) // count
    cells = [_cell(look, score, title.format(score=score), width) for score in scale.scores]
    long = ' class="long"' if count > _LONG else ""
    return _held(look, _ROW.format(cells="".join(cells), long=long))


def ends_row(metric: Metric, look: ScoreLook) -> str:
    scale = SCALES[metric]
    return _held(look, _ENDS.format(lowest=scale.lowest, highest=scale.highest))


def _cell(look: ScoreLook, score: int, title: str, width: int) -> str:
    if look is ScoreLook.NUMBERS:
        return _CELL.format(score=score, title=title, width=width)
    is_star = look is ScoreLook.STARS
    mark = _reference(drawn_score(look, score)) + (_AS_TEXT if is_star else "")
    size, name = ("52px", "star") if is_star else ("38px", "face")
    return _DRAWN.format(score=score, title=title, look=name, mark=mark, size=size)


def _held(look: ScoreLook, content: str) -> str:
    """Stars and faces are kept together; numbers take the whole line."""
    return content if look is ScoreLook.NUMBERS else _HELD.format(width=NARROW, content=content)


def _reference(sign: str) -> str:
    """Return a sign as ASCII can say it, so that a mail needs no encoding for it."""
    return sign.encode("ascii", "xmlcharrefreplace").decode()
