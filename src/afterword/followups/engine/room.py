"""What each kind of rule brings to the engine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from afterword.followups.engine.occurrence import Occurrence, answer_of
from afterword.followups.engine.post import Reply, Request
from afterword.followups.events import FORM_WAIT, OF_ANSWERS, Follows
from afterword.followups.models import TEST, Delivery
from afterword.followups.rules import Rule


@dataclass(frozen=True, slots=True)
class NotNeeded:
    """What was to be delivered has become needless."""

    why: str


@dataclass(frozen=True, slots=True)
class CannotBeMade:
    """No try could deliver it as it is; `why` is safe to show."""

    why: str


SWITCHED_OFF = NotNeeded("It was switched off meanwhile.")


# By delivery; without those whose rule is gone.
Requests = dict[UUID, Request | NotNeeded | CannotBeMade]


@dataclass(frozen=True, slots=True)
class Room:
    """`name` is the column of Delivery that leads to the rule."""

    name: str
    model: type[Rule]
    # When what happened is to be delivered; None where the rule does not follow it.
    due: Callable[[Any, Occurrence, datetime], datetime | None]
    # Whether a rule acts once on each answer, however often that changes.
    is_once: bool
    # Completes new deliveries before they are written, in the same transaction: all of one rule.
    begin: Callable[[Any, Sequence[tuple[Delivery, Occurrence]], datetime], None]
    # Is told that one that waits is due earlier, now.
    hasten: Callable[[Delivery, datetime], None]
    # Makes the requests that deliver these over HTTP.
    requests: Callable[[Sequence[Delivery], datetime], Requests]
    # Reads an answer by HTTP before it is settled: a refusal may stand in its text.
    read: Callable[[Delivery, Request, Reply], Reply]
    # Whether an answer by HTTP says that no other try will ever do.
    is_final: Callable[[Reply], bool]
    # How many requests one receiver may get at once.
    at_once: int


def as_it_is(_delivery: Delivery, _request: Request, reply: Reply) -> Reply:
    """The status says it all."""
    return reply


def is_off(rule: Rule, delivery: Delivery) -> bool:
    """Tell whether it was switched off after it owed this; whoever tries it out may do so."""
    return not rule.is_enabled and delivery.kind != TEST


def follows(rule: Rule, occurrence: Occurrence) -> Follows:
    """Tell whether the rule follows what happened, as it stands now."""
    if occurrence.told.kind not in OF_ANSWERS:
        return Follows.NOW if occurrence.event in rule.events else Follows.NOT
    assert occurrence.response is not None
    return rule.wanted.follows(answer_of(occurrence.response))


def due_at_once(rule: Rule, occurrence: Occurrence, now: datetime) -> datetime | None:
    """At once; but what asks for no comment waits until the form was sent, or for ten minutes."""
    match follows(rule, occurrence):
        case Follows.NOW:
            return now
        case Follows.IF_NO_COMMENT_COMES:
            return max(now, occurrence.told.at + FORM_WAIT)
    return None


def due_once_settled(rule: Rule, occurrence: Occurrence, now: datetime) -> datetime | None:
    """When the form was sent, or after ten minutes: so that what is told is the whole answer."""
    if follows(rule, occurrence) is Follows.NOT:
        return None
    response = occurrence.response
    if occurrence.told.kind not in OF_ANSWERS or response is None or response.submitted_at:
        return now
    return max(now, occurrence.told.at + FORM_WAIT)
