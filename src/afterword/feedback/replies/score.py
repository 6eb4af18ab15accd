"""The score that a reply says, and what else it says: never guessed. Pure."""

import re
from typing import NamedTuple

from afterword.feedback.replies.own_words import lines_of
from afterword.survey_templates.metrics import Scale

_BY_ITSELF = re.compile(r"\*{0,2}(\d+)\*{0,2}\s*(?:[.!,:;\u2013\u2014-]+(?:\s+(.*))?)?")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class Said(NamedTuple):
    """A score, or None where the reply says none for certain; and the words beside it."""

    score: int | None
    comment: str


def said(words: str, scale: Scale) -> Said:
    """Read a reply's own words: one number counts, if it stands on the scale and by itself.

    By itself is on a line of its own, or before a mark that ends or explains it, as in "9: quick".
    "9/10" says 9. Two numbers, or one within a sentence ("3 weeks late"), say nothing for certain.
    """
    of_highest = re.compile(rf"(?<![\d.,])(\d+)\s?/\s?{scale.highest}(?![\d.,]*\d)")
    whole = of_highest.sub(r"\1", words)
    numbers = _NUMBER.findall(whole)
    if len(numbers) != 1 or len(numbers[0]) > len(str(scale.highest)):
        return Said(None, words)
    lines = list(lines_of(whole))
    for at, line in enumerate(lines):
        if found := _BY_ITSELF.fullmatch(line):
            score = int(found[1])
            if score not in scale.scores:
                break
            rest = [*lines[:at], *filter(None, [found[2]]), *lines[at + 1 :]]
            return Said(score, "\n".join(rest))
    return Said(None, words)
