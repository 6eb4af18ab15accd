"""The kinds of mail: what each is made of, and what may keep it back at the last moment.

Sending knows no more of a mail than its row. What it is about belongs to stages that come later;
`joining.py` registers what they bring.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import LiteralString
from uuid import UUID

from afterword.happenings.models import HappeningKind
from afterword.happenings.note import Happened
from afterword.mail.ways.way import Letter
from afterword.sending.models import Mail


@dataclass(frozen=True, slots=True)
class Unwanted:
    """Why a mail must not be sent after all.

    It is dismissed for a reason of the decision log; without one it is cancelled as needless.
    """

    reason: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)


def _nothing(_ids: Collection[UUID], _now: datetime) -> None:
    pass


def _none(_secrets: Collection[str]) -> dict[str, UUID]:
    return {}


class First(Enum):
    """What a mail may become, told the first time that it is so."""

    SENT = "sent"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


@dataclass(frozen=True, slots=True)
class Kind:
    """What sending asks of one kind of mail. SQL is ours alone: no value of anybody's is in it."""

    name: str
    # Raises ValueError, as DesignRefused and MessageRefused are, where a mail can't be made.
    # Runs in the event loop, so it asks the database nothing: what it needs is `mail.matter`.
    compose: Callable[[Mail, datetime], Letter]
    # Returns those that must not go, and gives the others their `matter`. The mails are locked, and
    # so are their customers; they have `workspace`, `customer` and `standing`.
    may_still_go: Callable[[Sequence[Mail], datetime], Mapping[UUID, Unwanted]]
    # The same in SQL, in one look at `ready`, the mail whose body is about to go.
    condition: LiteralString = "true"
    # What changes when it was sent: common table expressions that read `noted` (id, kind,
    # workspace_id, customer_id, sent_at). Kinds that share them say the same.
    on_sent: LiteralString = ""
    # SQL: whether `mail` shows signs of having arrived that are not in its own row.
    has_arrived: LiteralString = "false"
    # Is told, in the same transaction, of which mails something was reported or found out.
    heard: Callable[[Collection[UUID], datetime], None] = _nothing
    # What it is called that a mail became so; its subject has the mail's key. At the hand-over
    # `on_sent` says it.
    happenings: Mapping[First, HappeningKind] = field(default_factory=dict, hash=False)
    # Which mails have these secrets of unsubscribe links.
    of_links: Callable[[Collection[str]], Mapping[str, UUID]] = _none


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _kinds[kind.name] = kind


def kind_called(name: str) -> Kind:
    return _kinds[name]


def happened(
    kind: str, mail_id: UUID, workspace_id: UUID | None, firsts: Iterable[First]
) -> list[Happened]:
    """Return what is to be noted of a mail; nothing of one that belongs to no workspace."""
    called = _kinds[kind].happenings
    return [
        Happened(workspace_id, called[first], mail_id)
        for first in firsts
        if workspace_id and first in called
    ]


def all_kinds() -> tuple[Kind, ...]:
    return tuple(_kinds.values())


def mails_of_links(secrets: Collection[str]) -> dict[str, UUID]:
    """Return the mails by the secrets of their unsubscribe links."""
    found: dict[str, UUID] = {}
    if secrets:
        for of_links in dict.fromkeys(kind.of_links for kind in _kinds.values()):
            found.update(of_links(secrets))
    return found


def by_kind(mails: Collection[Mail]) -> list[tuple[Kind, list[Mail]]]:
    """Sort mails by their kinds."""
    names = dict.fromkeys(mail.kind for mail in mails)
    return [(_kinds[name], [mail for mail in mails if mail.kind == name]) for name in names]
