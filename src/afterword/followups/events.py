"""What a rule may follow, and which answers are that."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from django.db import models

from afterword.happenings.models import HappeningKind
from afterword.survey_templates.metrics import Bucket

# How long a score alone may be followed by a comment before it counts as one without.
FORM_WAIT = timedelta(minutes=10)


class Event(models.TextChoices):
    FEEDBACK = "feedback", "New feedback"
    WITH_COMMENT = "feedback_with_comment", "New feedback with a comment"
    WITHOUT_COMMENT = "feedback_without_comment", "New feedback without a comment"
    PROMOTER = "promoter", "A promoter, or the metric's best category"
    PASSIVE = "passive", "A passive, or the metric's middle category"
    DETRACTOR = "detractor", "A detractor, or the metric's worst category"
    SCORE_RANGE = "score_range", "A score from … to …"
    BOUNCED = "bounced", "A survey bounced"
    UNSUBSCRIBED = "unsubscribed", "A customer unsubscribed"
    REPLIED = "replied", "A customer replied to a mail"
    AT_RISK = "at_risk", "A customer is at risk"
    SENDING_PAUSED = "sending_paused", "Sending was paused"
    SCORE_MOVED = "score_moved", "A campaign's score moved, by more than noise"
    ASSIGNED = "assigned", "An answer was assigned to somebody"
    OVERDUE = "overdue", "An assigned answer is overdue"


def event_choices() -> list[tuple[str, str]]:
    """By a name that migrations repeat instead of the choices."""
    return Event.choices


BUCKETS = {
    Event.PROMOTER: Bucket.PROMOTER,
    Event.PASSIVE: Bucket.PASSIVE,
    Event.DETRACTOR: Bucket.DETRACTOR,
}
OTHERS = {
    Event.BOUNCED: HappeningKind.SURVEY_BOUNCED,
    Event.UNSUBSCRIBED: HappeningKind.CUSTOMER_UNSUBSCRIBED,
    Event.REPLIED: HappeningKind.CUSTOMER_REPLIED,
    Event.AT_RISK: HappeningKind.CUSTOMER_AT_RISK,
    Event.SENDING_PAUSED: HappeningKind.SENDING_PAUSED,
    Event.SCORE_MOVED: HappeningKind.SCORE_MOVED,
    Event.ASSIGNED: HappeningKind.FEEDBACK_ASSIGNED,
    Event.OVERDUE: HappeningKind.FEEDBACK_OVERDUE,
}
# What people are told of alone: another application has no use for it.
FOR_PEOPLE = frozenset(
    {
        Event.REPLIED,
        Event.AT_RISK,
        Event.SENDING_PAUSED,
        Event.SCORE_MOVED,
        Event.ASSIGNED,
        Event.OVERDUE,
    }
)
OF_ANSWERS = frozenset({HappeningKind.FEEDBACK_NEW, HappeningKind.FEEDBACK_CHANGED})
# What becomes of an answer, whose key they have too.
OF_ASSIGNMENTS = frozenset({HappeningKind.FEEDBACK_ASSIGNED, HappeningKind.FEEDBACK_OVERDUE})


def kinds_of(events: Collection[str]) -> set[HappeningKind]:
    """Return the happenings to listen for."""
    kinds = {OTHERS[Event(event)] for event in events if event in OTHERS}
    return kinds | OF_ANSWERS if set(events) - set(OTHERS) else kinds


class Follows(Enum):
    NOT = "not"
    NOW = "now"
    IF_NO_COMMENT_COMES = "if no comment comes"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rule looks at."""

    score: int
    bucket: Bucket
    has_comment: bool
    is_submitted: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a rule follows; the bounds of a score are for `score_range` alone."""

    events: frozenset[str]
    lowest: int | None = None
    highest: int | None = None

    def follows(self, answer: Answer) -> Follows:
        """Tell whether the answer is followed: by any of the events."""
        if any(self._is(Event(event), answer) for event in self.events - set(OTHERS)):
            return Follows.NOW
        if Event.WITHOUT_COMMENT in self.events and not answer.has_comment:
            return Follows.NOW if answer.is_submitted else Follows.IF_NO_COMMENT_COMES
        return Follows.NOT

    def _is(self, event: Event, answer: Answer) -> bool:
        if event in BUCKETS:
            return answer.bucket is BUCKETS[event]
        if event is Event.SCORE_RANGE:
            low = answer.score if self.lowest is None else self.lowest
            high = answer.score if self.highest is None else self.highest
            return low <= answer.score <= high
        return event is Event.FEEDBACK or (event is Event.WITH_COMMENT and answer.has_comment)
