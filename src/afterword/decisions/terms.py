"""What a decision is made of, and what it is. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from afterword.audience.match import Audience
from afterword.campaigns.time_frame import TimeFrame
from afterword.decisions.reasons import Reason


@dataclass(frozen=True, slots=True)
class Fatigue:
    """A workspace's budget: at most so many surveys of a customer within so long."""

    surveys: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class Target:
    """How many answers are wanted in a week; of each value of a customer's property, if named."""

    answers: int
    property: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """How a campaign stands with its target, for the customers with one value of its property.

    All but the last two are of the seven days until now; what waits to be sent was asked.
    """

    value: str = ""
    answered: int = 0
    asked: int = 0
    asked_today: int = 0  # in 24 hours
    occasions: float = 0  # that a draw decides, in a week like this one; 0 where that is not known
    # Of those who were asked in four weeks and have had two days for it.
    asked_before: int = 0
    answered_of_those: int = 0


@dataclass(frozen=True, slots=True)
class Rules:
    """What a campaign and its workspace ask for."""

    campaign_id: UUID
    is_active: bool
    goes_by_mail: bool
    audience: Audience
    sample_percent: float
    delay: timedelta
    throttle: timedelta | None
    throttle_spans_campaigns: bool
    max_mails_per_day: int
    max_event_age: timedelta
    time_frame: TimeFrame | None = None
    fatigue: Fatigue | None = None
    own_people: frozenset[str] = frozenset()  # patterns of addresses and domains
    target: Target | None = None
    priority: int = 1  # where two compete for the budget's last place, the higher one gets it
    is_shown_in_app: bool = False  # to a customer who comes by, with or without an address

    @property
    def memory(self) -> timedelta:
        """How far back a survey can matter for throttle and budget."""
        window = self.fatigue.window if self.fatigue else timedelta(0)
        return max(self.throttle or timedelta(0), window)


@dataclass(frozen=True, slots=True)
class PastSurvey:
    """A survey that counts for throttle and cap: sent, or still waiting."""

    id: UUID
    campaign_id: UUID
    at: datetime  # when it was sent, or is due
    is_waiting: bool
    priority: int = 1  # its campaign's
    is_reminder: bool = False  # a mail, and no survey of its own
    is_mail: bool = True  # else it is shown on a page


@dataclass(frozen=True, slots=True)
class Person:
    """How whoever the occasion is about can be reached, and is known to the application.

    `waits_until`: until when an address that is not known yet may still come; None for no longer.
    """

    email: str | None = None
    refused_email: str | None = None
    user_id: str = ""
    anonymous_id: str = ""
    waits_until: datetime | None = None


NOBODY = Person()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the customer when the decision is made."""

    is_known: bool = False
    person: Person = NOBODY
    fields: dict[str, object] = field(default_factory=dict)
    unsubscribed_at: datetime | None = None
    hard_bounced_at: datetime | None = None
    undeliverable_at: datetime | None = None
    suppressed_at: datetime | None = None
    # Unsubscribed from these campaigns only.
    campaigns: Mapping[UUID, datetime] = field(default_factory=dict)
    # What suppresses the address: the pattern on the list, and what was noted with it.
    pattern: str = ""
    note: str = ""
    surveys: Sequence[PastSurvey] = ()
    # Where it is None, no target counts.
    tally: Tally | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    reason: Reason
    detail: dict[str, Any] = field(default_factory=dict)
    due_at: datetime | None = None
