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

# SQL: `stream` (workspace_id, id, kind), those of which something was sent or refused; one step of
# an index from each to the next.
_STEPS = """
        (SELECT stream_id FROM sending_mail
         WHERE {column} IS NOT NULL ORDER BY stream_id LIMIT 1)
        UNION ALL
        SELECT (
            SELECT stream_id FROM sending_mail
            WHERE {column} IS NOT NULL AND stream_id > {steps}.stream_id
            ORDER BY stream_id LIMIT 1
        )
        FROM {steps} WHERE {steps}.stream_id IS NOT NULL
"""
SENDING_STREAMS = f"""
    WITH RECURSIVE sent AS ({_STEPS.format(steps="sent", column="sent_at")}),
    refused AS ({_STEPS.format(steps="refused", column="bounced_at")}),
    stream AS MATERIALIZED (
        SELECT mail.workspace_id, mail.stream_id AS id, mail.stream_kind AS kind
        FROM (SELECT stream_id FROM sent UNION SELECT stream_id FROM refused) AS found
        CROSS JOIN LATERAL (
            (SELECT workspace_id, stream_id, stream_kind FROM sending_mail
             WHERE stream_id = found.stream_id AND sent_at IS NOT NULL LIMIT 1)
            UNION ALL
            (SELECT workspace_id, stream_id, stream_kind FROM sending_mail
             WHERE stream_id = found.stream_id AND bounced_at IS NOT NULL LIMIT 1)
            LIMIT 1
        ) AS mail
        WHERE mail.workspace_id IS NOT NULL
    )
"""  # noqa: S608  (our own words alone)

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
