"""Keys, the short names by which files and programs know things; names that people tell apart."""

from collections.abc import Container, Iterable
from itertools import chain, count

from django.utils.text import slugify

_LONGEST = 90  # leaves room for a number within the column's 100


def free_key(name: str, taken: Container[str], fallback: str) -> str:
    """Return a key like `name` that is not taken; `fallback` where the name has no letters."""
    key = slugify(name)[:_LONGEST].strip("-") or fallback
    tries = chain([key], (f"{key}-{number}" for number in count(2)))
    return next(each for each in tries if each not in taken)


def free_name(name: str, taken: Iterable[str]) -> str:
    """Return the name, with a number where people could not tell it from one that is taken."""
    folded = {each.casefold() for each in taken}
    tries = chain([name], (f"{name} {number}" for number in count(2)))
    return next(each for each in tries if each.casefold() not in folded)
