"""What a decision is about, whatever brought it about. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID


class Kind(StrEnum):
    """What brings a decision about; each has a folder here."""

    EVENT = "event"
    DUE_DATE = "due_date"
    HAND = "hand"
    CALL = "call"
    HOOK = "hook"
    PAGE = "page"


class Rule(StrEnum):
    """A rule that some occasions skip; what stops mail to somebody is skipped by none."""

    CAMPAIGN_ON = "campaign_on"
    AGE = "age"
    SOURCE = "source"
    OWN_PEOPLE = "own_people"
    AUDIENCE = "audience"
    SAMPLE = "sample"
    DELAY = "delay"
    THROTTLE = "throttle"


# A person who asks by hand has looked at whom they ask; our own people are asked by nobody, but who
# comes by a link may speak, and is not counted. Who is due by the clock was chosen by the
# audience, and waits for no delay.
SKIPPED: Mapping[Kind, frozenset[Rule]] = MappingProxyType(
    {
        Kind.EVENT: frozenset(),
        Kind.DUE_DATE: frozenset({Rule.AGE, Rule.SOURCE, Rule.SAMPLE, Rule.DELAY}),
        Kind.HAND: frozenset(Rule) - {Rule.OWN_PEOPLE},
        Kind.CALL: frozenset({Rule.AGE, Rule.SOURCE}),
        Kind.HOOK: frozenset({Rule.AGE, Rule.SOURCE}),
        Kind.PAGE: frozenset({Rule.AGE, Rule.SOURCE, Rule.OWN_PEOPLE, Rule.DELAY}),
    }
)


@dataclass(frozen=True, slots=True)
class Occasion:
    """One occasion is about one customer. Instants are aware, in UTC.

    `draw` is what the sample is drawn by: the same for each try. An untrusted source may survey
    only customers who are known. A `delay` stands for the campaign's own and for its time frame.
    """

    kind: Kind
    id: UUID
    draw: str
    occurred_at: datetime
    received_at: datetime
    is_trusted: bool = True
    delay: timedelta | None = None

    def skips(self, rule: Rule) -> bool:
        return rule in SKIPPED[self.kind]

    @property
    def event_id(self) -> UUID | None:
        """The row in the log of events that it is, if it is one."""
        return self.id if self.kind in (Kind.EVENT, Kind.HOOK) else None

    @property
    def month(self) -> date:
        """The first day of the month (UTC) that it belongs to: part of its key, so that what is
        unique can be kept by month."""
        return self.received_at.date().replace(day=1)
