"""Whom the rule chooses for each answer, one after the other. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID


def in_turn(people: Sequence[UUID], last: UUID | None) -> Iterator[UUID]:
    """Go round for ever, beginning after whose turn was the last; nothing of nobody.

    Who left the round meanwhile is passed over: the next in the order of keys is next.
    """
    round_ = sorted(people)
    later = [one for one in round_ if last is None or one > last]
    order = [*later, *(one for one in round_ if one not in later)]
    while order:
        yield from order


def owner_of(said: object, by_email: Mapping[str, UUID]) -> UUID | None:
    """Return the member whose address a property says; None where it is nobody's."""
    return by_email.get(said.strip().lower()) if isinstance(said, str) else None
