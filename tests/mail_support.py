"""What mail programs draw: the table that `mail_lint` holds mails to.

Sources: caniemail.com (its data of 2025, read for Outlook on Windows, Outlook.com, Gmail, Yahoo
and Apple Mail), and "Word 2007 HTML and CSS Rendering Capabilities in Outlook 2007"
(learn.microsoft.com, aa338201). Outlook on Windows draws with Word's engine; all its versions
from 2007 on do so alike. What both do is DRAWN; what Word leaves out, and does no harm there, is
in LEFT_OUT with the reason. Anything else is a fault.
"""

from collections.abc import Mapping

CELLS = frozenset({"td", "th"})
TABLES = CELLS | {"table"}
BLOCKS = TABLES | {"div", "p", "h1", "h2"}

# A property that every program draws, and on which elements Word does; None: on all of them.
DRAWN: Mapping[str, frozenset[str] | None] = {
    "background-color": None,
    "border": TABLES | {"img"},  # of an image: 0, against the frame of a link
    "border-collapse": TABLES,
    "border-top": TABLES,
    "color": None,
    "direction": None,
    "font-family": None,
    "font-size": None,
    "font-weight": None,
    "letter-spacing": None,
    "line-height": None,
    "margin": BLOCKS,
    "padding": CELLS,
    "padding-bottom": CELLS,
    "text-align": BLOCKS,
    "text-decoration": None,
    "vertical-align": None,
    "white-space": None,
    "width": TABLES,
}

# What Word does not draw, and why a mail does without it there.
LEFT_OUT: Mapping[str, str] = {
    "background": "the colour alone, which background-color says as well",
    "border": "the frame of a link that is a shape in Word",
    "border-radius": "corners are square",
    "border-spacing": "the attribute cellspacing says the same",
    "display": "a link is as long as its words; `none` is drawn",
    "height": "line-height, or the attribute, says the same",
    "max-height": "of what is hidden, or has attributes of its own",
    "max-width": "a table of that width stands around it; see `mail_lint`",
    "opacity": "of what is hidden by display",
    "overflow": "of what is hidden by display, or has round corners",
    "padding": "of a link; the cell has mso-padding-alt",
    "table-layout": "cells are as wide as what is in them",
    "width": "of a div, which is as wide as its cell; of an image, which has the attribute",
    "word-break": "long words are rare",
    "word-spacing": "normal",
}

# Units and functions that not every program knows, and addresses, which would load something.
FOREIGN_VALUES = (
    "rem", "vw", "vh", "ch", "url(", "var(", "calc(", "min(", "max(", "clamp(",
    "rgb(", "rgba(", "hsl(", "inherit", "initial", "unset", "!important", "flex", "grid",
)  # fmt: skip

ELEMENTS = frozenset(
    {
        "html", "head", "title", "meta", "style", "body", "div", "table", "tbody", "tr", "td", "th",
        "p", "h1", "h2", "a", "b", "strong", "i", "em", "span", "br", "img",
    }
)  # fmt: skip
WORDS_OWN = frozenset(
    {
        "v:roundrect", "w:anchorlock", "center", "noscript", "xml",
        "o:officedocumentsettings", "o:allowpng", "o:pixelsperinch",
    }
)  # fmt: skip

LARGEST = 100_000  # bytes; Gmail clips at 102 KB
LARGEST_STYLE = 8_192  # characters; Gmail drops a style element that is longer
LONGEST_LINE = 998  # RFC 5322, 2.1.1
