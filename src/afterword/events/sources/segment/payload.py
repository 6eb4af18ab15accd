"""What a tracking call says: its fields on the wire, and how a stored one is read at take-up."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from afterword.core.instants import parse_instant

# A clock that is further off is no clock, and a call sent that late is an import.
MAX_SKEW = timedelta(hours=24)
MAX_AHEAD = timedelta(minutes=5)
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


class Problem(StrEnum):
    """Why a call was rejected."""

    INVALID_JSON = "invalid_json"
    INVALID_UTF8 = "invalid_utf8"
    INVALID_GZIP = "invalid_gzip"
    NOT_AN_OBJECT = "not_an_object"
    BATCH_NOT_A_LIST = "batch_not_a_list"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    TOO_MANY = "too_many_events"
    UNKNOWN_TYPE = "unknown_type"
    MISSING_EVENT = "missing_event"
    EVENT_TOO_LONG = "event_too_long"
    NO_ID = "no_user_anon_id"
    INVALID_ID = "invalid_id"
    INVALID_PROPERTIES = "invalid_properties"
    WRONG_KEY = "wrong_key"
    INVALID_SETTINGS = "invalid_settings"
    NO_ADDRESS = "missing_email"
    UNKNOWN_CAMPAIGN = "unknown_campaign"


class PayloadError(Exception):
    """What was sent cannot be used; `message` is safe to show and says how to mend it."""

    def __init__(self, problem: Problem, message: str) -> None:
        super().__init__(message)
        self.problem = problem
        self.message = message


class Sent(msgspec.Struct, rename="camel"):
    """The fields of a call that we read; anything may be sent in each of them."""

    type: Any = None
    action: Any = None
    event: Any = None
    name: Any = None
    category: Any = None
    message_id: Any = None
    user_id: Any = None
    anonymous_id: Any = None
    previous_id: Any = None
    properties: Any = None
    traits: Any = None
    context: Any = None
    integrations: Any = None
    write_key: Any = None
    timestamp: Any = None
    original_timestamp: Any = None
    sent_at: Any = None


class Envelope(msgspec.Struct, rename="camel"):
    """What a batch says for all its calls; of what came another way, whom it is for and whence."""

    sent_at: Any = None
    context: Any = None
    integrations: Any = None
    campaigns: list[UUID] | None = None
    # Of a call by an inbound webhook: which, and what it says that the customer comes from.
    hook: UUID | None = None
    source: str = ""


class Call(msgspec.Struct):
    """A stored call, its request's own fields merged in. Absent texts are empty."""

    type: str
    # What an event may be called, its own name first; nothing else has any.
    names: tuple[str, ...]
    message_id: str
    user_id: str
    anonymous_id: str
    previous_id: str  # of an alias: the id that the person was known by
    properties: dict[str, Any]
    traits: dict[str, Any]
    context: dict[str, Any]
    # What the call itself says under `email`, the most telling first; trimmed, not checked.
    email_candidates: list[str]
    occurred_at: datetime
    # The campaigns that it is for, where whoever delivered it says so; None: by its name.
    campaigns: list[UUID] | None = None
    hook: UUID | None = None  # the inbound webhook that it came by
    source: str = "Segment"  # what a customer it makes known comes from


VIEWS: Mapping[object, str] = {"page": "Page", "screen": "Screen"}
MAX_NAME = 200  # characters of an event's name
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
decode = msgspec.json.Decoder(Sent).decode
_decode_envelope = msgspec.json.Decoder(Envelope).decode


def read_call(body: str | bytes, envelope: str, received_at: datetime) -> Call:
    """Read a call as the inbox holds it; `envelope` is "" for a call that came alone."""
    sent = decode(body)
    around = read_envelope(envelope)
    context = {**as_object(around.context), **as_object(sent.context)}
    properties = as_object(sent.properties)
    own_traits, known_traits = as_object(sent.traits), as_object(context.get("traits"))
    user_id = text_of_id(sent.user_id)
    return Call(
        type=sent.type if sent.type is not None else sent.action,
        names=names_of(sent, sent.type if sent.type is not None else sent.action),
        message_id=sent.message_id,
        user_id=user_id,
        anonymous_id=text_of_id(sent.anonymous_id),
        previous_id=text_of_id(sent.previous_id),
        properties=properties,
        traits={**known_traits, **own_traits},
        context=context,
        email_candidates=addresses(properties, own_traits, known_traits),
        occurred_at=_time_of(sent, around, received_at),
        campaigns=around.campaigns,
        hook=around.hook,
        source=around.source or "Segment",
    )


def names_of(sent: Sent, kind: object) -> tuple[str, ...]:
    """Return the names that a campaign may listen for, the first as Segment has it.

    A page "Pricing" of category "Docs" is `Viewed Docs Pricing Page`, and so on down to
    `Pricing`. A page without a name is no event; nor is what is neither track, page nor screen.
    """
    if kind == "track":
        return (sent.event,) if isinstance(sent.event, str) else ()
    word, name = VIEWS.get(kind), sent.name
    if word is None or not isinstance(name, str) or not (name := name.strip()):
        return ()
    category = sent.category.strip() if isinstance(sent.category, str) else ""
    forms = [f"{category} {name}", name] if category else [name]
    names = [*(f"Viewed {form} {word}" for form in forms), *forms]
    return tuple(names) if len(names[0]) <= MAX_NAME else ()


def read_envelope(envelope: str | bytes) -> Envelope:
    try:
        return _decode_envelope(envelope) if envelope else Envelope()
    except UNREADABLE:
        return Envelope()


def as_object(value: object) -> dict[str, Any]:
    """Return an object as it is, and anything else, such as PHP's empty `[]`, as empty."""
    return value if isinstance(value, dict) else {}


def addresses(*objects: Mapping[str, object]) -> list[str]:
    """Return what the objects hold under `email`, in their order."""
    found: Iterable[object] = (each.get("email") for each in objects)
    return [text.strip() for text in found if isinstance(text, str) and text.strip()]


def text_of_id(value: object) -> str:
    """Return an id as text: Ruby and PHP send numbers."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def _time_of(sent: Sent, around: Envelope, received_at: datetime) -> datetime:
    if around.campaigns is not None and sent.timestamp is not None:
        return _occurred_at(sent.timestamp, None, received_at)  # corrected by Segment already
    return _occurred_at(
        sent.original_timestamp if sent.original_timestamp is not None else sent.timestamp,
        around.sent_at if around.sent_at is not None else sent.sent_at,
        received_at,
    )


def _occurred_at(said: object, sent: object, received_at: datetime) -> datetime:
    """Correct the client's clock: receivedAt - (sentAt - originalTimestamp), as Segment does.

    Only by a skew of at most 24 hours: what is sent later than that is history being imported,
    and its own time stands. What cannot be read, lies in the future or before 1970 (Go says year 1
    where it knows no time) happened on receipt.
    """
    occurred_at, sent_at = parse_instant(said), parse_instant(sent)
    if occurred_at is None:
        return received_at
    if sent_at and abs(received_at - sent_at) <= MAX_SKEW:
        try:
            occurred_at += received_at - sent_at
        except OverflowError:  # out of the years 1 to 9999
            return received_at
    return occurred_at if EARLIEST <= occurred_at <= received_at + MAX_AHEAD else received_at
