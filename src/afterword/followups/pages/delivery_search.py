"""Which deliveries of a workspace a person wants to see."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID

from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from afterword.core.ids import parsed_id
from afterword.followups.models import Delivery
from afterword.followups.models import State as Of
from afterword.sending.models import WAITING, Mail
from afterword.sending.models import State as OfMail
from afterword.workspaces.models import Viewer, WorkspaceRows

PERIODS = {"1": "Last 24 hours", "7": "Last 7 days", "30": "Last 30 days"}
USUAL_PERIOD = "30"  # as long as they are kept
KINDS = {"webhook": "Webhooks", "notification": "Notifications", "autoresponder": "Autoresponders"}


class Stand(StrEnum):
    """How far a delivery has come; one by mail, how far its mails have."""

    FAILED = "failed"
    WAITING = "waiting"
    DELIVERED = "delivered"
    NEEDLESS = "needless"

    @property
    def label(self) -> str:
        return {"needless": "Not needed"}.get(self.value, self.value.capitalize())


# What each means of the delivery itself, and of a mail of it; the first that fits counts.
_MEANS: dict[Stand, tuple[Collection[str], Collection[str]]] = {
    Stand.FAILED: ({Of.FAILED}, {OfMail.PARKED, OfMail.BOUNCED}),
    Stand.WAITING: (
        {Of.WAITING, Of.SENDING, Of.GATHERED},
        {*WAITING, OfMail.CLAIMED, OfMail.HANDING_OVER},
    ),
    Stand.DELIVERED: ({Of.DELIVERED}, {OfMail.SENT}),
    Stand.NEEDLESS: ({Of.CANCELLED}, {OfMail.DISMISSED, OfMail.CANCELLED}),
}
_HAS_MAIL = """EXISTS (
    SELECT FROM sending_mail AS mail
    WHERE mail.id = ANY(followups_delivery.mail_ids) AND mail.state = ANY(%s)
)"""


def stand_of(delivery: Delivery, mails: Collection[Mail]) -> Stand:
    """Return where it stands; of several mails, by the one that most needs a look."""
    states = {mail.state for mail in mails}
    for stand, (own, of_mails) in _MEANS.items():
        if delivery.state in own or (delivery.state == Of.MAILED and states & set(of_mails)):
            return stand
    return Stand.NEEDLESS  # its mails were deleted


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked for; what a query says wrongly is left out."""

    kind: str = ""
    rule_id: UUID | None = None
    stand: Stand | None = None
    period: str = USUAL_PERIOD

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        kind, stand = query.get("kind", ""), query.get("state", "")
        period = query.get("days", "")
        return cls(
            kind=kind if kind in KINDS else "",
            rule_id=parsed_id(query.get("rule", "")),
            stand=Stand(stand) if stand in set(Stand) else None,
            period=period if period in PERIODS else USUAL_PERIOD,
        )

    def __bool__(self) -> bool:
        return self != Search()

    @property
    def query(self) -> dict[str, str]:
        """The same as a page's query, from which `of` reads it back."""
        said = {
            "kind": self.kind,
            "rule": str(self.rule_id or ""),
            "state": self.stand or "",
            "days": self.period if self.period != USUAL_PERIOD else "",
        }
        return {name: value for name, value in said.items() if value}

    def find(self, viewer: Viewer, now: datetime) -> WorkspaceRows[Delivery]:
        return self.standing(self.wherever(viewer, now))

    def wherever(self, viewer: Viewer, now: datetime) -> WorkspaceRows[Delivery]:
        """Return them wherever they stand: what else is asked for has an index."""
        rows = Delivery.objects.visible_to(viewer)
        rows = rows.filter(created_at__gte=now - timedelta(days=int(self.period)))
        if self.kind:
            rows = rows.filter(**{f"{self.kind}__isnull": False})
        if self.rule_id:
            rows = rows.filter(
                Q(webhook=self.rule_id)
                | Q(notification=self.rule_id)
                | Q(autoresponder=self.rule_id)
            )
        return rows

    def standing(self, rows: WorkspaceRows[Delivery]) -> WorkspaceRows[Delivery]:
        return standing(rows, self.stand) if self.stand else rows


def standing(rows: WorkspaceRows[Delivery], stand: Stand) -> WorkspaceRows[Delivery]:
    """Keep those that stand there, or with a mail that does."""
    own, of_mails = _MEANS[stand]
    has_mail = RawSQL(_HAS_MAIL, [sorted(map(str, of_mails))], BooleanField())  # noqa: S611  (our own words)
    return rows.filter(Q(state__in=own) | Q(has_mail, state=Of.MAILED))
