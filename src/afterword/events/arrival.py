"""Checks each call as it arrives, and readies it for the inbox. Pure."""

from collections.abc import Mapping
from hashlib import sha256
from typing import NoReturn
from uuid import uuid4

import msgspec

from afterword.core.foreign_json import MAX_DEPTH, is_deeper_than
from afterword.events import raw_json
from afterword.events.sources.segment.payload import (
    MAX_NAME,
    UNREADABLE,
    PayloadError,
    Problem,
    Sent,
    addresses,
    as_object,
    decode,
    text_of_id,
)

MAX_EVENT = 32 * 1024  # bytes of JSON
MAX_ID = 255  # characters, as is the next
MAX_MESSAGE_ID = 100

OWN_NAMES = ("Afterword", "Retently")
KINDS = frozenset({"track", "identify", "page", "screen", "group", "alias"})


def clean(body: bytes) -> bytes:
    """Return a request's body as text that PostgreSQL can hold; raises PayloadError."""
    if body.startswith(b"\xef\xbb\xbf"):
        body = body[3:]
    if not body.isascii():
        try:
            body.decode()
        except UnicodeDecodeError as error:
            _refuse(
                Problem.INVALID_UTF8,
                f"The body is not valid UTF-8 at byte {error.start}. Send JSON in UTF-8.",
            )
    return raw_json.without_bad_escapes(body)


def read(raw: bytes) -> Sent:
    """Decode one call; raises PayloadError if it is too large or no JSON object."""
    if len(raw) > MAX_EVENT:
        _refuse(
            Problem.TOO_LARGE,
            f"The call has {len(raw):,} bytes of JSON; at most {MAX_EVENT:,} fit. Send less.",
        )
    try:
        if is_deeper_than(MAX_DEPTH, raw):
            raise RecursionError
        return decode(raw)
    except RecursionError:
        _refuse(Problem.TOO_DEEP, f"The JSON is nested deeper than {MAX_DEPTH} levels.")
    except UNREADABLE as error:
        if str(error).startswith("Expected `object`"):
            _refuse(
                Problem.NOT_AN_OBJECT, 'A call must be a JSON object, such as {"event": "Ordered"}.'
            )
        _refuse(Problem.INVALID_JSON, f"The JSON cannot be read: {error}.")


def kind_of(sent: Sent) -> str:
    """Return the type that a call in a batch says it has; raises PayloadError."""
    kind = sent.type if sent.type is not None else sent.action
    if not isinstance(kind, str) or kind not in KINDS:
        _refuse(
            Problem.UNKNOWN_TYPE, "`type` must be track, identify, page, screen, group or alias."
        )
    return kind


def check(sent: Sent, kind: str) -> None:
    """Raise PayloadError unless a call that counts says what, and about whom."""
    if kind == "identify":
        _check_object(sent.traits, "traits")
        if not _has_id(sent):
            _refuse(Problem.NO_ID, "An identify call needs `userId` or `anonymousId`.")
    elif kind == "alias":
        previous = _checked_id(sent.previous_id, "previousId")
        if not previous or not _checked_id(sent.user_id, "userId"):
            _refuse(Problem.NO_ID, "An alias call needs `userId` and `previousId`.")
    else:
        if kind == "track":
            _check_event(sent.event)
        _check_object(sent.properties, "properties")
        if not _has_id(sent):
            _check_address(sent)


def opts_out(call_integrations: object, batch_integrations: object = None) -> bool:
    """Whether `integrations` keeps a call from us; a call's own word overrides its batch's."""
    if not call_integrations and not batch_integrations:
        return False
    merged = {**as_object(batch_integrations), **as_object(call_integrations)}
    for name in OWN_NAMES:
        if merged.get(name) is not None:
            return merged[name] is False
    return merged.get("All", merged.get("all")) is False


def storable(raw: bytes, sent: Sent, kind: str, name: str) -> bytes:
    """Return the call's JSON for the inbox: with a type and a usable messageId, `name` as event."""
    mended: dict[str, str] = {}
    if sent.type != kind:
        mended["type"] = kind
    if kind == "track" and sent.event != name:
        mended["event"] = name
    message_id = sent.message_id
    if type(message_id) is not str or not 0 < len(message_id) <= MAX_MESSAGE_ID:
        mended["messageId"] = _usable_message_id(message_id)
    return _splice(raw, mended) if mended else raw


def _splice(raw: bytes, members: Mapping[str, str]) -> bytes:
    """Add members at the end of an object that has some: of two with one name the last counts."""
    return raw.rstrip()[:-1] + b"," + msgspec.json.encode(members)[1:]


def _refuse(problem: Problem, message: str) -> NoReturn:
    raise PayloadError(problem, message)


def _check_event(name: object) -> None:
    if not isinstance(name, str) or not name or name.isspace():
        _refuse(
            Problem.MISSING_EVENT, "A track call needs `event`, a text that names what happened."
        )
    if len(name) > MAX_NAME:
        _refuse(
            Problem.EVENT_TOO_LONG,
            f"`event` has {len(name):,} characters; at most {MAX_NAME} are allowed.",
        )


def _check_object(value: object, field: str) -> None:
    if value is not None and type(value) is not dict and value != []:
        _refuse(Problem.INVALID_PROPERTIES, f"`{field}` must be a JSON object.")


def _has_id(sent: Sent) -> bool:
    user = _checked_id(sent.user_id, "userId")
    anonymous = _checked_id(sent.anonymous_id, "anonymousId")
    return bool(user or anonymous)


def _checked_id(value: object, field: str) -> str:
    if isinstance(value, bool | dict | list):
        _refuse(Problem.INVALID_ID, f"`{field}` must be a text or a number.")
    text = text_of_id(value)
    if len(text) > MAX_ID:
        _refuse(Problem.INVALID_ID, f"`{field}` is longer than {MAX_ID} characters.")
    return text


def _check_address(sent: Sent) -> None:
    """Be more lenient than Segment, so that the simplest call a person types works."""
    known_traits = as_object(sent.context).get("traits")
    if not addresses(*map(as_object, (sent.properties, sent.traits, known_traits))):
        _refuse(
            Problem.NO_ID,
            "Whose event is it? Send `userId`, `anonymousId`, or `email` in `properties`.",
        )


def _usable_message_id(sent: object) -> str:
    """Keep retries recognisable: the same unusable id always becomes the same usable one."""
    if sent is None or sent == "":
        return str(uuid4())
    if type(sent) is int and len(text := str(sent)) <= MAX_MESSAGE_ID:
        return text
    return sha256(msgspec.json.encode(sent)).hexdigest()
