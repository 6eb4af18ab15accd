"""What mails are counted and held back by: a campaign is one kind of stream, others will follow."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID


class Stream(NamedTuple):
    """`id` alone tells it: no two kinds share one."""

    kind: str
    id: UUID


@dataclass(frozen=True, slots=True)
class StreamKind:
    """How pages name the streams of a kind; those that are gone have no name."""

    name: str
    names: Callable[[Collection[UUID]], Mapping[UUID, str]]


# Mail about accounts: it belongs to no workspace, and nothing pauses it.
ACCOUNTS = Stream("accounts", UUID(int=0))

_kinds: dict[str, StreamKind] = {}


def register(kind: StreamKind) -> None:
    _kinds[kind.name] = kind


def names_of(streams: Collection[Stream]) -> dict[UUID, str]:
    """Return the names of streams; one query for each kind of them."""
    found: dict[UUID, str] = {}
    for kind in {stream.kind for stream in streams} & _kinds.keys():
        ids = {stream.id for stream in streams if stream.kind == kind}
        found.update(_kinds[kind].names(ids))
    return found
