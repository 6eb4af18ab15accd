"""POST /customers/unsubscribe and /customers/resubscribe."""

from typing import Annotated

from django.utils import timezone
from ninja import Router, Schema
from pydantic import AfterValidator, Field

from afterword.api.access import TokenRequest, may_write
from afterword.api.envelope import Success
from afterword.api.parameters import Text
from afterword.api.suppressions import HOW, NOTE_LENGTH, Email
from afterword.suppressions.erased import names
from afterword.suppressions.models import Suppression, SuppressionReason
from afterword.suppressions.suppress import Stop, release, suppress_all

router = Router(tags=["Customers"])
Reason = SuppressionReason


def _said(value: str) -> str:
    if not value.strip():
        raise ValueError("say how and when these people asked for surveys again; it is kept")
    return value


Message = Annotated[Text, Field(max_length=NOTE_LENGTH)]


class Person(Schema):
    email: Email


class Leaving(Schema):
    """`message` is what the person said, if anything."""

    subscribers: Annotated[list[Person], Field(min_length=1, max_length=1000)]
    message: Message = ""


class Returning(Schema):
    """`message` says how and when the people asked for surveys again: a program can't want that."""

    subscribers: Annotated[list[Person], Field(min_length=1, max_length=100)]
    message: Annotated[Message, AfterValidator(_said)]


class Outcome(Schema):
    email: str
    status: str


class Outcomes(Schema):
    subscribers: list[Outcome]


@router.post("/customers/unsubscribe", auth=may_write, response=Success[Outcomes])
def unsubscribe(request: TokenRequest, given: Leaving) -> Success[Outcomes]:
    """Send these addresses no more surveys: `unsubscribed`, or `already_unsubscribed`.

    Addresses that no customer has are kept too, and hold when one is met.
    """
    stops = [
        Stop(request.auth.workspace_id, person.email, Reason.UNSUBSCRIBED, HOW, note=given.message)
        for person in given.subscribers
    ]
    new = {stop.pattern for stop in suppress_all(stops, timezone.now())}
    return _outcomes({
        person.email: "unsubscribed" if person.email in new else "already_unsubscribed"
        for person in given.subscribers
    })  # fmt: skip


@router.post("/customers/resubscribe", auth=may_write, response=Success[Outcomes])
def resubscribe(request: TokenRequest, given: Returning) -> Success[Outcomes]:
    """Let these addresses get surveys again, as their people asked: `resubscribed`.

    Or `not_unsubscribed`; or `complained`, which only the person can take back.
    """
    asked = dict.fromkeys(person.email for person in given.subscribers)
    stops: dict[str, dict[str, Suppression]] = {email: {} for email in sorted(asked)}
    spelt = names(asked)
    for row in Suppression.objects.visible_to(request.auth).filter(
        pattern__in=spelt,
        reason__in=(Reason.UNSUBSCRIBED, Reason.COMPLAINED),
        campaign_id=None,
        ended_at=None,
    ):
        stops[spelt[row.pattern]][row.reason] = row
    return _outcomes({email: _back(found, given.message) for email, found in stops.items()})


def _back(stops: dict[str, Suppression], message: str) -> str:
    if Reason.COMPLAINED in stops:
        return "complained"
    if Reason.UNSUBSCRIBED not in stops:
        return "not_unsubscribed"
    release(stops[Reason.UNSUBSCRIBED], how=HOW, now=timezone.now(), note=message)
    return "resubscribed"


def _outcomes(statuses: dict[str, str]) -> Success[Outcomes]:
    outcomes = [Outcome(email=email, status=status) for email, status in statuses.items()]
    return Success(data=Outcomes(subscribers=outcomes))
