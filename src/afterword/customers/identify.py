"""Remember which address an application's ids stand for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from afterword.core import bulk
from afterword.customers.models import Identity, IdKind

_CONFLICT = (
    "ON CONFLICT (workspace_id, kind, external_id, is_trusted) "
    "DO UPDATE SET email = excluded.email, said_at = excluded.said_at"
)


class Key(NamedTuple):
    kind: IdKind
    external_id: str
    is_trusted: bool


def keys(user_id: str, anonymous_id: str) -> list[tuple[IdKind, str]]:
    """Return the ids that a call carries, the stronger first."""
    return [
        (kind, external_id)
        for kind, external_id in ((IdKind.USER, user_id), (IdKind.ANONYMOUS, anonymous_id))
        if external_id
    ]


@dataclass(slots=True)
class Identities:
    """What is known of a batch's ids; changes with each `identify` and is stored once."""

    said: dict[Key, tuple[str, datetime]]
    changed: set[Key] = field(default_factory=set)

    def remember(
        self, ids: Iterable[tuple[IdKind, str]], email: str, said_at: datetime, *, is_trusted: bool
    ) -> None:
        """Take `email` for these ids, unless something newer was said of them."""
        for kind, external_id in ids:
            key = Key(kind, external_id, is_trusted)
            if key not in self.said or self.said[key][1] <= said_at:
                self.said[key] = (email, said_at)
                self.changed.add(key)

    def address(self, ids: Iterable[tuple[IdKind, str]], *, is_trusted: bool) -> str | None:
        """Return what trusted, or untrusted, sources said that these ids stand for."""
        for kind, external_id in ids:
            if found := self.said.get(Key(kind, external_id, is_trusted)):
                return found[0]
        return None


def load(workspace_id: UUID, external_ids: Iterable[str]) -> Identities:
    """Read what is known of these ids with one query."""
    rows = Identity.objects.filter(
        workspace_id=workspace_id, external_id__in=sorted(set(external_ids))
    )
    return Identities(
        {
            Key(IdKind(row.kind), row.external_id, row.is_trusted): (row.email, row.said_at)
            for row in rows
        }
    )


def store(workspace_id: UUID, identities: Identities) -> None:
    rows = [
        {
            "workspace_id": workspace_id,
            **key._asdict(),
            "email": identities.said[key][0],
            "said_at": identities.said[key][1],
        }
        for key in sorted(identities.changed)
    ]
    bulk.insert(Identity, rows, _CONFLICT)
