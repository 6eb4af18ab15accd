"""Answers the tracking API, `/v1/*`, as Segment's clients speak it, and its destination."""

import re
from collections.abc import Mapping
from functools import partial
from time import time
from typing import Final
from uuid import UUID

import psycopg

from afterword.events.arrival import clean, read
from afterword.events.bodies import decoded, receive_body
from afterword.events.copying import encode_rows
from afterword.events.credentials import Credentials
from afterword.events.delivery import sift_delivery
from afterword.events.inbox import Away, Full, Inbox
from afterword.events.listening import Listening, UnknownKey
from afterword.events.sifting import Sifted, sift_batch, sift_call
from afterword.events.sources.segment import replies
from afterword.events.sources.segment.batch import split_batch
from afterword.events.sources.segment.payload import PayloadError
from afterword.events.sources.segment.replies import Refusal, Reply
from afterword.events.tally import Tally
from afterword.web.deadline import CutOff, Receive, Scope, Send, TooSlow

Headers = Mapping[bytes, bytes]

BATCH: Final = "batch"
METRICS: Final = "metrics"
DESTINATION: Final = "destination"
_KINDS = ("track", "identify", "page", "screen", "group", "alias")
_NAMES: Final = {
    **{kind: kind for kind in _KINDS},
    **{kind[0]: kind for kind in _KINDS},
    **dict.fromkeys((BATCH, "import", "b"), BATCH),
    "m": METRICS,
}
_PATHS: Final = {
    **{f"/v1/{name}": route for name, route in _NAMES.items()},
    "/segment/destination": DESTINATION,
}
ROUTES: Final = {f"{path}{slash}": route for path, route in _PATHS.items() for slash in ("", "/")}
_SETTINGS = re.compile(r"/v1/projects/(?P<key>[^/]+)/settings/?")


class Door:
    """One process's part of ingest: lets calls in, and answers once they are kept."""

    def __init__(self, listening: Listening, inbox: Inbox, tally: Tally) -> None:
        self._listening = listening
        self._inbox = inbox
        self._tally = tally

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = ROUTES.get(scope["path"])
        try:
            if route is not None and scope["method"] == "POST":
                reply = await self._accept(route, scope, receive)
            else:
                reply = await self._answer_beside(scope, is_route=route is not None)
        except Refusal as refusal:
            reply = refusal.reply
        except UnknownKey:
            reply = replies.UNKNOWN_KEY if route else replies.UNKNOWN_PROJECT
        except TooSlow:
            reply = replies.TOO_SLOW
        except CutOff:
            reply = replies.CUT_OFF
        except (Away, psycopg.Error):
            reply = replies.AWAY
        except Full:
            reply = replies.BUSY
        await send(reply.start)
        await send(reply.body)

    async def _accept(self, route: str, scope: Scope, receive: Receive) -> Reply:
        headers = dict(scope["headers"])
        body = await receive_body(headers, receive)
        if route == METRICS:
            return replies.SUCCESS
        if not self._listening.ready:
            raise Away
        now, query = time(), scope["query_string"]
        try:
            sifted = self._sift(route, headers, query, body, now)
        except UnknownKey:
            # It may have been made a moment ago.
            await self._listening.refresh()
            sifted = self._sift(route, headers, query, body, now)
        key = sifted.key
        if sifted.bodies:
            rows = encode_rows(key.row_start, now, sifted.bodies, sifted.envelope)
            await self._inbox.add(key.workspace_id, rows)
        for name, matched in sifted.names:
            self._tally.count(key, name, now, matched=matched)
        for error, raw in sifted.rejected:
            self._tally.reject(key, now, error, raw)
        return sifted.reply

    def _sift(self, route: str, headers: Headers, query: bytes, body: bytes, now: float) -> Sifted:
        """Check key and body, in this order: only who has a key has a body unpacked."""
        credentials = Credentials(self._listening, headers, query)
        try:
            body = clean(decoded(headers.get(b"content-encoding"), body))
            if route == DESTINATION:
                settings = headers.get(b"x-segment-settings")
                return sift_delivery(credentials.of_server(), settings, body)
            if route == BATCH:
                batch = split_batch(body)
                key = credentials.of_body(batch.write_key, batch.items)
                return sift_batch(key, batch, partial(self._is_of, key.workspace_id))
            sent = read(body)
            return sift_call(credentials.of_body(sent.write_key), sent, body, route)
        except PayloadError as error:
            if sender := credentials.header or credentials.beside():
                self._tally.reject(sender, now, error, body)
            raise Refusal(replies.error(400, error.problem, error.message)) from None

    def _is_of(self, workspace_id: UUID, secret: str) -> bool:
        try:
            return self._listening.by_secret(secret).workspace_id == workspace_id
        except UnknownKey:
            return False

    async def _answer_beside(self, scope: Scope, *, is_route: bool) -> Reply:
        """Answer what is no event: preflights, the browser library's settings, mistakes."""
        if scope["method"] == "OPTIONS":
            return replies.PREFLIGHT
        if is_route:
            return replies.POST_ONLY
        project = _SETTINGS.fullmatch(scope["path"])
        if not project:
            return replies.NOT_FOUND
        if scope["method"] not in ("GET", "HEAD"):
            return replies.GET_ONLY
        secret = project["key"]
        if not self._listening.ready:
            raise Away
        try:
            key = self._listening.by_secret(secret)
        except UnknownKey:
            await self._listening.refresh()
            key = self._listening.by_secret(secret)
        return replies.project_settings(secret) if key.may_send else replies.UNKNOWN_PROJECT
