"""Mails to customers that are no surveys, as the outbox lists them: apart, and in no number.

What each kind is called, and where it leads, a later stage says; `joining.py` registers it.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db.models import Case, CharField, Q, Value, When

from afterword.sending.models import APART, Mail, State
from afterword.sending.streams import Stream, names_of
from afterword.surveys.outbox.status import OF_STATE, Status
from afterword.workspaces.models import Viewer, WorkspaceRows


@dataclass(frozen=True, slots=True)
class ApartKind:
    """`name` is a kind of mail of `sending.models.APART`; what is asked about is its stream."""

    name: str
    label: str
    # Why a mail stands where it does, where that is to be said.
    words: Callable[[Mail], str]
    # Where a stream has a page.
    address: Callable[[UUID], str]
    # Which streams belong to a campaign.
    of_campaign: Callable[[UUID], Collection[UUID]]


_kinds: dict[str, ApartKind] = {}


def register(kind: ApartKind) -> None:
    _kinds[kind.name] = kind


def apart_kinds() -> list[ApartKind]:
    return list(_kinds.values())


@dataclass(frozen=True)
class ApartMail:
    """A row of the outbox. It has what a status is told by, as an invitation does."""

    mail: Mail
    kind: ApartKind
    name: str  # of its stream

    is_apart: ClassVar = True
    is_reminder: ClassVar = False
    # Nothing but the mail itself is known of it.
    answered_at: ClassVar = None
    unsubscribed_at: ClassVar = None
    clicked_at: ClassVar = None
    opened_at: ClassVar = None
    machine_opened_at: ClassVar = None
    shown_at: ClassVar = None
    dismissed_at: ClassVar = None
    withdrawn_at: ClassVar = None

    @property
    def pk(self) -> UUID:
        return self.mail.id

    @property
    def created_at(self) -> datetime:
        return self.mail.created_at

    @property
    def words(self) -> str:
        return self.kind.words(self.mail)

    @property
    def address(self) -> str:
        return self.kind.address(self.mail.stream_id)


def mails_apart(viewer: Viewer) -> WorkspaceRows[Mail]:
    """Return them. A trial goes to a member and is none; of who is deleted, surveys are kept."""
    return Mail.objects.visible_to(viewer).filter(kind__in=APART, customer__isnull=False)


def of_campaign(campaign_id: UUID) -> Q:
    return Q(stream_id__in={id_ for kind in apart_kinds() for id_ in kind.of_campaign(campaign_id)})


def with_status(rows: WorkspaceRows[Mail], status: Status) -> WorkspaceRows[Mail]:
    """Keep the mails of which `status_of` says so."""
    return rows.annotate(status=_STATUS).filter(status=status)


# Those that they can have.
STATUSES = frozenset({Status.COMPLAINED, Status.BOUNCED, Status.DELIVERED, *OF_STATE.values()})
_STATUS = Case(
    When(complained_at__isnull=False, then=Value(Status.COMPLAINED.value)),
    When(Q(bounced_at__isnull=False) | Q(state=State.BOUNCED), then=Value(Status.BOUNCED.value)),
    When(delivered_at__isnull=False, then=Value(Status.DELIVERED.value)),
    *(When(state=state, then=Value(status.value)) for state, status in OF_STATE.items()),
    output_field=CharField(),
)


def as_rows(mails: Iterable[Mail]) -> list[ApartMail]:
    """Name them: one query for each kind."""
    mails = list(mails)
    names = names_of({Stream(mail.stream_kind, mail.stream_id) for mail in mails})
    return [ApartMail(mail, _kinds[mail.kind], names.get(mail.stream_id, "")) for mail in mails]
