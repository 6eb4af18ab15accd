"""Makes spellings of one text equal, by rules that a database can follow to the letter. Pure.

Each letter is folded by a table of our own: what SQL's `lower` makes of letters beyond ASCII
depends on the database's locale and on its version of Unicode. So letters whose fold is several
stay as they are (İ, ŉ), but for the German ß.
"""

import unicodedata
from collections.abc import Iterable, Mapping

_CODES = range(0x1EA00)  # there are no capitals beyond, in Unicode 16
_AT_ONCE = 256
_SHARP_S = "ß"


def _variants() -> dict[str, str]:
    """Return the other letters that fold to a letter, by that letter."""
    found: dict[str, str] = {}
    for first in _CODES[::_AT_ONCE]:
        letters = "".join(map(chr, range(first, first + _AT_ONCE)))
        for letter in letters if letters.casefold() != letters else "":
            folded = _SHARP_S if letter == "ẞ" else letter.casefold()
            if folded != letter and len(folded) == 1:
                found[folded] = found.get(folded, "") + letter
    return found


VARIANTS: Mapping[str, str] = _variants()
_FOLDS = {ord(each): to for to, letters in VARIANTS.items() for each in letters}
_FOLDS[ord(_SHARP_S)] = _FOLDS[ord("ẞ")] = "ss"


def fold(text: str) -> str:
    """Return `text` without regard to case, composed letters and space around."""
    text = text.strip()
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", text).translate(_FOLDS)


def folding_to(texts: Iterable[str]) -> tuple[str, str]:
    """Return the letters that fold to one in these folded texts, and beside each what it becomes.

    To compare with one of `texts` it is enough to fold these: no other letter becomes one of
    theirs. An ß must have become ss before.
    """
    pairs = [(each, to) for to in sorted(set("".join(texts))) for each in VARIANTS.get(to, "")]
    return "".join(each for each, _ in pairs), "".join(to for _, to in pairs)
