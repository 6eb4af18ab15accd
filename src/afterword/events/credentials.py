"""Finds the token of a request: in its header, its body, its calls, or beside them."""

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qs

from afterword.events.arrival import read
from afterword.events.listening import Key, Listening, UnknownKey, is_bearer
from afterword.events.sources.segment import replies
from afterword.events.sources.segment.payload import PayloadError
from afterword.events.sources.segment.replies import Refusal


class Credentials:
    """The keys that a request carries. A header's one counts most, and is checked at once.

    Every look-up raises UnknownKey for a key that is not known, Refusal for one that may not
    send events.
    """

    def __init__(self, listening: Listening, headers: Mapping[bytes, bytes], query: bytes) -> None:
        self._listening = listening
        self._headers = headers
        self._query = query
        authorization = headers.get(b"authorization")
        self.header: Key | None = None
        self._has_unknown_bearer = False
        if authorization is not None and (key := self._named(authorization)):
            self.header = _sender(key)

    def of_body(self, write_key: object, calls: Iterable[bytes] = ()) -> Key:
        """Return the token to go by, given the body's own key; raises Refusal if there is none."""
        header = self.header
        if not isinstance(write_key, str) or not write_key:
            key = header or self._in_calls(calls) or self.beside()
            if key is None:
                if self._has_unknown_bearer:
                    raise UnknownKey
                raise Refusal(replies.MISSING_KEY)
            return key
        key = self._listening.by_secret(write_key)
        if header is None:
            return _sender(key)
        if header.workspace_id != key.workspace_id:
            raise Refusal(replies.OTHER_KEY)
        return header

    def of_server(self) -> Key:
        """Return the token of the header, which must be one that stays on servers."""
        if self.header is None:
            raise UnknownKey if self._has_unknown_bearer else Refusal(replies.MISSING_KEY)
        if self.header.scope != "ingest":
            raise Refusal(replies.ONLY_INGEST)
        return self.header

    def beside(self) -> Key | None:
        """Return the token of the query, as beacons send it, or of a header of its own.

        None without: X-Write-Key is Jitsu's, X-Api-Key the one that our API goes by.
        """
        headers = self._headers
        secret = (headers.get(b"x-write-key") or headers.get(b"x-api-key", b"")).decode("latin-1")
        if b"writeKey=" in self._query:
            secret = parse_qs(self._query.decode("latin-1")).get("writeKey", [secret])[0]
        return _sender(self._listening.by_secret(secret)) if secret else None

    def _named(self, authorization: bytes) -> Key | None:
        try:
            return self._listening.by_header(authorization)
        except UnknownKey:
            # A bearer's may be meant for a gateway on the way; then the key stands elsewhere.
            if not is_bearer(authorization):
                raise
            self._has_unknown_bearer = True
            return None

    def _in_calls(self, calls: Iterable[bytes]) -> Key | None:
        """Return the first known token among those that the calls carry; None without any."""
        unknown = False
        for raw in calls:
            try:
                own_key = read(raw).write_key
                if isinstance(own_key, str) and own_key:
                    return _sender(self._listening.by_secret(own_key))
            except PayloadError:
                continue
            except UnknownKey:
                unknown = True
        if unknown:
            raise UnknownKey
        return None


def _sender(key: Key) -> Key:
    if not key.may_send:
        raise Refusal(replies.WRONG_SCOPE)
    return key
