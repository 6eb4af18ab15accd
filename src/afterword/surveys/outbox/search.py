"""Which invitations a person wants to see in the outbox, and behind each of its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID

from django.db.models import F, Q

from afterword.core.ids import parsed_id
from afterword.core.text import clean_text
from afterword.customers.models import Customer
from afterword.occasions.occasion import Kind
from afterword.sending.models import APART, WAITING, Mail, State
from afterword.surveys.models import Invitation, SentBy
from afterword.surveys.outbox import apart
from afterword.surveys.outbox.apart import mails_apart, of_campaign
from afterword.surveys.outbox.status import Status, with_status
from afterword.workspaces.models import Viewer, WorkspaceRows

PERIODS = {
    "7": "Last 7 days",
    "30": "Last 30 days",
    "90": "Last 90 days",
    "365": "Last year",
    "all": "All time",
}
USUAL_PERIOD = "30"
SURVEYS = "surveys"
# Never an empty list, of which Django makes no SQL for whoever counts in a statement.
NOTHING = UUID(int=0)
# A survey's first invitation has its key; all others are reminders.
IS_FIRST = Q(id=F("survey_id"))
# Of more people with such a name, those of the first so many are found.
NAMESAKES = 1000


class Mark(StrEnum):
    """What once happened to an invitation, whatever followed; `Status` is where it stands."""

    SENT = "was_sent"
    DELIVERED = "was_delivered"
    OPENED = "was_opened"
    MACHINE_OPENED = "was_machine_opened"
    CLICKED = "was_clicked"
    ANSWERED = "was_answered"
    BOUNCED = "was_bounced"
    COMPLAINED = "was_complained"
    UNSUBSCRIBED = "was_unsubscribed"
    WAITING = "is_waiting"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def condition(self) -> Q:
        return _CONDITIONS[self]


_LABELS = {
    Mark.SENT: "Sent",
    Mark.DELIVERED: "Delivered",
    Mark.OPENED: "Opened by people",
    Mark.MACHINE_OPENED: "Opened by machines",
    Mark.CLICKED: "Clicked",
    Mark.ANSWERED: "Answered",
    Mark.BOUNCED: "Bounced",
    Mark.COMPLAINED: "Complained",
    Mark.UNSUBSCRIBED: "Unsubscribed",
    Mark.WAITING: "Waiting to be sent",
}
_CONDITIONS = {
    Mark.SENT: Q(mail__sent_at__isnull=False),
    Mark.DELIVERED: Q(mail__delivered_at__isnull=False),
    Mark.OPENED: Q(opened_at__isnull=False),
    # Apart: a mail that a person opened too is counted with the people.
    Mark.MACHINE_OPENED: Q(machine_opened_at__isnull=False, opened_at__isnull=True),
    Mark.CLICKED: Q(clicked_at__isnull=False),
    Mark.ANSWERED: Q(answered_at__isnull=False),
    Mark.BOUNCED: Q(mail__bounced_at__isnull=False) | Q(mail__state=State.BOUNCED),
    Mark.COMPLAINED: Q(mail__complained_at__isnull=False),
    Mark.UNSUBSCRIBED: Q(unsubscribed_at__isnull=False),
    Mark.WAITING: Q(mail__state__in=WAITING),
}
# The same of mails that are no surveys; they never become the others.
_OF_MAILS = {
    Mark.SENT: Q(sent_at__isnull=False),
    Mark.DELIVERED: Q(delivered_at__isnull=False),
    Mark.BOUNCED: Q(bounced_at__isnull=False) | Q(state=State.BOUNCED),
    Mark.COMPLAINED: Q(complained_at__isnull=False),
    Mark.WAITING: Q(state__in=WAITING),
}


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked for; None and "" ask for nothing. What a query says wrongly is left out."""

    status: Status | Mark | None = None
    campaign_id: UUID | None = None
    sent_by: SentBy | None = None
    period: str = USUAL_PERIOD
    text: str = ""  # how an address or a name begins
    # A kind of mail that is no survey: it alone; `SURVEYS`: none of these.
    apart: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        sent_by, period = query.get("by", ""), query.get("days", "")
        return cls(
            status=_status(query.get("status", "")),
            campaign_id=parsed_id(query.get("campaign", "")),
            sent_by=SentBy(sent_by) if sent_by in SentBy.values else None,
            apart=sent_by if sent_by in {SURVEYS, *APART} else "",
            period=period if period in PERIODS else USUAL_PERIOD,
            text=clean_text(query.get("q", "")).strip()[:254],
        )

    def __bool__(self) -> bool:
        return self != Search()

    @property
    def query(self) -> dict[str, str]:
        """The same as a page's query, from which `of` reads it back."""
        said = {
            "status": self.status or "",
            "campaign": str(self.campaign_id or ""),
            "by": self.sent_by or self.apart,
            "days": self.period if self.period != USUAL_PERIOD else "",
            "q": self.text,
        }
        return {name: value for name, value in said.items() if value}

    @property
    def period_words(self) -> str:
        return PERIODS[self.period].lower()

    @property
    def is_apart(self) -> bool:
        """Whether it asks for no survey at all."""
        return self.apart in APART

    def whatever_became(self) -> Self:
        """Return the same search for whatever status: what the numbers are about."""
        return replace(self, status=None)

    def since(self, now: datetime) -> datetime | None:
        """Return from when on those were scheduled that are asked for; None for ever."""
        return None if self.period == "all" else now - timedelta(days=int(self.period))

    def find(self, viewer: Viewer, now: datetime) -> WorkspaceRows[Invitation]:
        asked: dict[str, object] = {
            "survey__campaign_id": self.campaign_id,
            "created_at__gte": self.since(now),
        }
        rows = Invitation.objects.visible_to(viewer)
        if self.is_apart:
            return rows.filter(id=NOTHING)
        rows = rows.filter(**{name: value for name, value in asked.items() if value is not None})
        if self.sent_by:
            rows = rows.filter(is_sent_by(self.sent_by))
        if self.text:
            rows = rows.filter(_named(self.text, viewer, "survey__email", "survey__customer"))
        if isinstance(self.status, Mark):
            return rows.filter(self.status.condition)
        return with_status(rows, self.status) if self.status else rows

    @property
    def has_apart(self) -> bool:
        """Whether it may mean mails that are no surveys; they never become what some words say."""
        is_of_mails = self.status is None or self.status in apart.STATUSES | _OF_MAILS.keys()
        return is_of_mails and not self.sent_by and self.apart != SURVEYS

    @property
    def narrows_apart(self) -> bool:
        """Whether few of them may be asked for, which no index finds."""
        return bool(self.status or self.campaign_id or self.is_apart) and not self.text

    def apart_of_any(self, viewer: Viewer, now: datetime) -> WorkspaceRows[Mail]:
        """Return the mails of the period that are no surveys, whatever else is asked for."""
        rows, since = mails_apart(viewer), self.since(now)
        return rows.filter(created_at__gte=since) if since else rows

    def narrow_apart(self, rows: WorkspaceRows[Mail], viewer: Viewer) -> WorkspaceRows[Mail]:
        """Keep the mails that are asked for, by the same words as surveys."""
        if self.is_apart:
            rows = rows.filter(kind=self.apart)
        if self.campaign_id:
            rows = rows.filter(of_campaign(self.campaign_id))
        if self.text:
            rows = rows.filter(_named(self.text, viewer, "recipient", "customer"))
        if isinstance(self.status, Mark):
            return rows.filter(_OF_MAILS[self.status])
        return apart.with_status(rows, self.status) if self.status else rows


def is_sent_by(sent_by: SentBy) -> Q:
    """Return the condition for invitations; the first ones of surveys asked by hand are apart."""
    if sent_by is SentBy.REMINDER:
        return ~IS_FIRST
    by_hand = Q(survey__occasion_kind=Kind.HAND)
    return IS_FIRST & (by_hand if sent_by is SentBy.MANUAL else ~by_hand)


def _named(text: str, viewer: Viewer, address: str, customer: str) -> Q:
    """Whose address begins so, or whose customer's first or last name, or both.

    The last two are the columns where the rows have them.
    """
    by_address = Q(**{f"{address}__startswith": text.lower()})
    if "@" in text:
        return by_address
    first, _, last = text.partition(" ")
    namesakes = Customer.objects.visible_to(viewer).filter(
        Q(first_name__istartswith=text)
        | Q(last_name__istartswith=text)
        | Q(first_name__iexact=first, last_name__istartswith=last.strip())
    )
    found = list(namesakes.values_list("id", flat=True)[:NAMESAKES])
    return by_address | Q(**{f"{customer}_id__in": found}) if found else by_address


def _status(text: str) -> Status | Mark | None:
    if text in set(Status):
        return Status(text)
    return Mark(text) if text in set(Mark) else None
