"""Receives a request's body, whatever its encoding, and never more of it than allowed."""

import zlib
from collections.abc import Mapping

from afterword.events.sources.segment.payload import PayloadError, Problem
from afterword.events.sources.segment.replies import UNKNOWN_ENCODING, Refusal
from afterword.web.deadline import Receive

# Segment allows 500 KB in a batch, and some clients count that without the wrapper.
MAX_BODY = 1024 * 1024
# A client that is answered before it has sent all sees a broken connection, not the answer.
_MAX_DRAINED = 16 * MAX_BODY
_MAX_MEMBERS = 100


async def receive_body(headers: Mapping[bytes, bytes], receive: Receive) -> bytes:
    """Return the body as sent, or the start of one that is too large; raises as `receive` does."""
    message = await receive()
    body: bytes = message.get("body", b"")
    # Granian says "more" even with the last piece, so the length saves a turn of the loop.
    if message.get("more_body") and headers.get(b"content-length") != b"%d" % len(body):
        return await _receive_rest(body, receive)
    return body


async def _receive_rest(first: bytes, receive: Receive) -> bytes:
    pieces, size, more = [first], len(first), True
    while more and size <= _MAX_DRAINED:
        message = await receive()
        piece = message.get("body", b"")
        size += len(piece)
        if size - len(piece) <= MAX_BODY:
            pieces.append(piece)
        more = message.get("more_body", False)
    return b"".join(pieces)


def decoded(encoding: bytes | None, body: bytes) -> bytes:
    """Undo a Content-Encoding; raises PayloadError, or Refusal if it is none that we know."""
    if len(body) > MAX_BODY:
        raise _too_large("is larger")
    if encoding is None:
        return body
    match encoding.strip().lower():
        case b"" | b"identity":
            return body
        case b"gzip" | b"x-gzip":
            return _inflate(body)
    raise Refusal(UNKNOWN_ENCODING)


def _inflate(compressed: bytes) -> bytes:
    pieces: list[bytes] = []
    room = MAX_BODY
    for _ in range(_MAX_MEMBERS):
        member = zlib.decompressobj(wbits=31)
        try:
            pieces.append(member.decompress(compressed, room + 1))
        except zlib.error:
            break
        room -= len(pieces[-1])
        if room < 0:
            raise _too_large("unpacks to more")
        if not member.eof:
            break
        compressed = member.unused_data
        if not compressed.rstrip(b"\0"):
            return b"".join(pieces)
    raise PayloadError(
        Problem.INVALID_GZIP, "The body is said to be gzip, but it is damaged or cut off."
    )


def _too_large(how: str) -> PayloadError:
    message = f"The body {how} than {MAX_BODY:,} bytes. Send smaller batches."
    return PayloadError(Problem.TOO_LARGE, message)
