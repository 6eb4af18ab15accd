"""Finds a property however a file or an application spells its name: Locale, timeZone. Pure."""

from collections.abc import Iterator, Mapping, Sequence


def values_of(properties: Mapping[str, object], names: Sequence[str]) -> Iterator[str]:
    """The values of these properties as texts, in the order of `names`; empty ones are left out.

    A name that is spelled exactly so goes before one with capitals.
    """
    for name in names:
        said = properties.get(name) or next(
            (value for other, value in properties.items() if value and other.casefold() == name),
            None,
        )
        if said:
            yield str(said)
