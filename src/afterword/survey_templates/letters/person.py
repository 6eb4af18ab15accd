"""What a mail may show of a person: bounded, on one line each, and no link of anyone's. Pure."""

import re
from collections.abc import Collection, Mapping
from datetime import date, time
from decimal import Decimal
from itertools import chain, islice

from afterword.core.liquid import ITEM_LIMIT
from afterword.core.text import header_line

VALUE_LIMIT = 500  # characters
NAME_LIMIT = 64
COLUMNS = 72  # of plain text
NAMES = frozenset({"first_name", "last_name", "full_name", "company_name"})
PERSON_FIELDS = (
    "first_name", "last_name", "full_name", "email", "company_name", "job_title",
    "city", "country", "campaign_name", "tags",
)  # fmt: skip

# What a mail client turns into a link: a dot or its look-alikes inside a word, a scheme.
_LINKABLE = re.compile(r"[.\u3002\uff0e\uff61](?=[^\s\d.])|:(?=[/\\])")
_ZWNJ = "\u200c"


class Listing(tuple[object, ...]):
    """A collection that reads as a list of words where a text shows it whole."""

    def __str__(self) -> str:
        return ", ".join(map(str, self))


def person_values(person: Mapping[str, object], names: Collection[str]) -> dict[str, object]:
    """What texts may show of a person: only `names`, on one line each, none overlong.

    What is not known, or empty, is left out: `{% if first_name %}` is true of an empty text, and
    filters take a missing value but not every empty one.
    """
    known = ((name, person.get(name)) for name in names)
    cleaned = ((name, _cleaned(value, _limit(name))) for name, value in known if value is not None)
    values = {name: value for name, value in cleaned if value not in ("", Listing())}
    if "full_name" in names and "full_name" not in values:
        both = person_values(person, ("first_name", "last_name"))
        values |= {"full_name": " ".join(str(name) for name in both.values())} if both else {}
    return values


def unlinked(values: Mapping[str, object]) -> dict[str, object]:
    """The same values, none of which a mail client will turn into a link.

    Anyone may sign up as "www.evil.example" and have us mail it. A zero-width non-joiner
    after the dots and the scheme's colon cannot be seen, stops the clients' link finding,
    and is not allowed in a host name (RFC 5892 A.1) should one be made a link all the same.
    """
    return {name: _unlinked(value) for name, value in values.items()}


def wrapped(text: str, columns: int = COLUMNS) -> str:
    """`text` with every line broken at spaces; a longer word, such as an address, stays whole."""
    if len(text) <= columns:
        return text
    return "\n".join(chain.from_iterable(_wrapped_line(line, columns) for line in text.split("\n")))


def _wrapped_line(line: str, columns: int) -> list[str]:
    lines = [""]
    for word in line.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > columns:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return lines


def _limit(name: str) -> int:
    return NAME_LIMIT if name in NAMES else VALUE_LIMIT


def _cleaned(value: object, limit: int) -> object:
    if isinstance(value, str):
        return header_line(value)[:limit].rstrip()
    if isinstance(value, int | float | Decimal | date | time):
        return value
    if isinstance(value, list | tuple):
        items = (item for item in value if item is not None)
        return Listing(_cleaned(item, limit) for item in islice(items, ITEM_LIMIT))
    return header_line(str(value))[:limit].rstrip()


def _unlinked(value: object) -> object:
    if isinstance(value, str):
        return _LINKABLE.sub(rf"\g<0>{_ZWNJ}", value)
    if isinstance(value, Listing):
        return Listing(_unlinked(item) for item in value)
    return value
