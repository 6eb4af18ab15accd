"""What the tracking API answers, in the words that Segment's clients understand."""

import json
from dataclasses import dataclass
from typing import Any, Final

Headers = tuple[tuple[bytes, bytes], ...]

_JSON: Headers = ((b"content-type", b"application/json"), (b"access-control-allow-origin", b"*"))
# Without it a browser hides Retry-After from analytics.js, which then comes back too soon.
_EXPOSE = (b"access-control-expose-headers", b"Retry-After")


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer, as the two messages that ASGI wants; made once where it can be."""

    start: dict[str, Any]
    body: dict[str, Any]


class Refusal(Exception):
    """The request is answered with something else than success."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.start["status"])
        self.reply = reply


def make_reply(status: int, body: bytes, extra: Headers = ()) -> Reply:
    headers = [*_JSON, (b"content-length", b"%d" % len(body)), *extra]
    return Reply(
        {"type": "http.response.start", "status": status, "headers": headers},
        {"type": "http.response.body", "body": body},
    )


def error(status: int, code: str, message: str, extra: Headers = ()) -> Reply:
    """Answer with `code`, `message` and `error`: without them some clients retry for ever."""
    fields = {"success": False, "code": code, "message": message, "error": message}
    return make_reply(status, json.dumps(fields).encode(), (_EXPOSE, *extra))


def project_settings(key: str) -> Reply:
    """Answer what analytics.js, Kotlin, Swift and React Native ask before they send anything."""
    integrations = {"Segment.io": {"apiKey": key}}
    settings = {"integrations": integrations, "metrics": {"sampleRate": 0}}
    return make_reply(200, json.dumps(settings).encode())


def dismissed(why: str) -> Reply:
    """Answer that all went well, and that nothing comes of it."""
    return make_reply(200, json.dumps({"success": True, "dismissed": why}).encode())


SUCCESS: Final = make_reply(200, b'{"success": true}')
PREFLIGHT: Final = make_reply(
    200,
    b"{}",
    (
        _EXPOSE,
        (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
        # A wildcard does not stand for authorization, and old browsers do not know it.
        (
            b"access-control-allow-headers",
            b"authorization, content-type, content-encoding, x-retry-count, anonymousid, sentat,"
            b" x-write-key, x-api-key, *",
        ),
        (b"access-control-max-age", b"7200"),
    ),
)
NOT_FOUND: Final = error(404, "not_found", "There is nothing at this address.")
POST_ONLY: Final = error(
    405, "method_not_allowed", "Send events with POST.", ((b"allow", b"POST, OPTIONS"),)
)
GET_ONLY: Final = error(
    405, "method_not_allowed", "Read settings with GET.", ((b"allow", b"GET, HEAD, OPTIONS"),)
)
MISSING_KEY: Final = error(
    401,
    "unknown_key",
    "No key was sent. Send the token as the user of Basic authentication, as a Bearer token, in"
    " X-Api-Key, or as `writeKey`.",
)
UNKNOWN_KEY: Final = error(
    401, "unknown_key", "The key is unknown or revoked. Make a token and use that."
)
OTHER_KEY: Final = error(
    401, "unknown_key", "The Authorization header and `writeKey` belong to different workspaces."
)
UNKNOWN_PROJECT: Final = error(404, "unknown_key", "The key is unknown or revoked.")
WRONG_SCOPE: Final = error(
    403, "wrong_scope", "This token may not send events. Use one of scope ingest or browser."
)
ONLY_INGEST: Final = error(
    403, "wrong_scope", "This token may not be used here. Make one of scope ingest and use that."
)
UNSUPPORTED_TYPE: Final = error(
    501, "unsupported_type", "Only track and identify are taken here; nothing was stored."
)
UNKNOWN_ENCODING: Final = error(
    415, "unsupported_encoding", "Send the body as it is, or with Content-Encoding: gzip."
)
# The rest of what was sent is no request, so the connection is of no more use.
_CLOSE = ((b"connection", b"close"),)
TOO_SLOW: Final = error(408, "timeout", "The body came too slowly. Send it again.", _CLOSE)
CUT_OFF: Final = error(
    400, "cut_off", "The body is cut off, or in bad chunks. Send it again, whole.", _CLOSE
)
AWAY: Final = error(
    503,
    "unavailable",
    "The database is away for the moment. Nothing was stored; send it again.",
    ((b"retry-after", b"5"),),
)
BUSY: Final = error(
    429,
    "too_many_requests",
    "Too many events wait to be worked on. Nothing was stored; send it again later.",
    ((b"retry-after", b"10"),),
)
