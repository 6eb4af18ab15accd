"""Takes a request with several calls apart, without letting one bad call spoil it. Pure."""

from collections.abc import Mapping

import msgspec

from afterword.core.foreign_json import Malformed, read
from afterword.events import raw_json
from afterword.events.sources.segment.payload import (
    UNREADABLE,
    PayloadError,
    Problem,
    read_envelope,
)

MAX_ITEMS = 2_500
# Of each part of the envelope, which is stored with every call; a larger part is left out.
MAX_PART = 8 * 1024
ENVELOPE = ("sentAt", "context", "integrations")


class Batch(msgspec.Struct):
    """The calls of a request, not yet looked into, and what it says for all of them."""

    items: list[bytes]
    write_key: object
    # {"sentAt", "context", "integrations"}, as JSON; empty where none was sent.
    envelope: bytes
    integrations: object


class _Sent(msgspec.Struct, rename="camel"):
    batch: list[msgspec.Raw]
    write_key: msgspec.Raw = msgspec.Raw()
    sent_at: msgspec.Raw = msgspec.Raw()
    context: msgspec.Raw = msgspec.Raw()
    integrations: msgspec.Raw = msgspec.Raw()


_decode = msgspec.json.Decoder(_Sent).decode


def split_batch(body: bytes) -> Batch:
    """Split a cleaned body; raises PayloadError only if it is no batch even in outline."""
    try:
        sent = _decode(body)
    except UNREADABLE:
        return _split_carefully(body)
    around = {"sentAt": sent.sent_at, "context": sent.context, "integrations": sent.integrations}
    return _batch(
        [bytes(item) for item in sent.batch],
        bytes(sent.write_key),
        {name: bytes(value) for name, value in around.items()},
    )


def _split_carefully(body: bytes) -> Batch:
    """Find the calls by their brackets alone: some part of the body cannot be decoded."""
    if body.lstrip().startswith(b"["):
        message = 'The body must be an object with a list: {"batch": [{"type": "track", …}]}.'
        raise PayloadError(Problem.NOT_AN_OBJECT, message)
    try:
        around = {name[1:-1].decode(): value for name, value in raw_json.members(body)}
        items = around.pop("batch", b"")
        calls = list(raw_json.elements(items)) if items.startswith(b"[") else None
    except raw_json.Malformed:
        message = "The body is not JSON, even in outline: a text or a bracket never ends."
        raise PayloadError(Problem.INVALID_JSON, message) from None
    if calls is None:
        message = '`batch` must be a list of calls: {"batch": [{"type": "track", …}]}.'
        raise PayloadError(Problem.BATCH_NOT_A_LIST, message)
    return _batch(calls, around.get("writeKey", b""), around)


def _batch(items: list[bytes], write_key: bytes, around: Mapping[str, bytes]) -> Batch:
    parts = [
        b'"%b":%b' % (name.encode(), value)
        for name in ENVELOPE
        if (value := around.get(name)) and _decoded(value) is not None
    ]
    envelope = b"{%b}" % b",".join(parts) if parts else b""
    return Batch(items, _decoded(write_key), envelope, read_envelope(envelope).integrations)


def _decoded(value: bytes) -> object:
    """Return a value decoded; None if it is null, absent, too long, too deep or no JSON."""
    if not value or len(value) > MAX_PART:
        return None
    try:
        return read(value)
    except Malformed:
        return None
