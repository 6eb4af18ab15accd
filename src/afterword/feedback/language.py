"""In which language the public pages speak to someone. Pure."""

import re
from collections.abc import Iterator, Mapping

from afterword.customers.language import NAMES, said_languages
from afterword.feedback.words import WORDS

RIGHT_TO_LEFT = frozenset({"ar", "he"})
# What is said to other languages' speakers in one that they most likely read.
_NEAR = {"nb": "da", "nn": "da", "no": "da", "sk": "cs", "iw": "he", "gl": "es", "ca": "es"}
_TAG = re.compile(r"([a-z]{2,3})(?:[-_.@].*)?", re.DOTALL)


def choose_language(properties: Mapping[str, object], accepted: str) -> str:
    """Return the code of the language to speak: the customer's, else the browser's, else English.

    `properties` are the customer's; `accepted` is the browser's Accept-Language.
    """
    wanted = (*said_languages(properties), *accepted_languages(accepted))
    return next(filter(None, map(language_of, wanted)), "en")


def language_of(text: str) -> str:
    """Return the code that `de`, `de-AT`, `de_AT.UTF-8`, `German` or `Deutsch` means, or ""."""
    wanted = text.strip().lower()
    tag = _TAG.fullmatch(NAMES.get(wanted, wanted))
    code = tag[1] if tag else ""
    return code if code in WORDS else _NEAR.get(code, "")


def accepted_languages(header: str) -> Iterator[str]:
    """The tags of Accept-Language (RFC 9110, 12.5.4), those liked most first."""
    ranges = []
    for part in header[:500].split(","):
        tag, _, weight = part.partition(";")
        ranges.append((-_weight(weight), tag))
    return (tag for weight, tag in sorted(ranges, key=lambda pair: pair[0]) if weight < 0)


def _weight(parameter: str) -> float:
    found = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", parameter)
    return float(found[1]) if found else 1.0
