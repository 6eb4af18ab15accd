"""Who may send events and which of them some campaign waits for, in memory and kept fresh."""

import asyncio
import binascii
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from time import monotonic
from typing import Any, LiteralString
from uuid import UUID

import msgspec
import psycopg

from afterword.core.channels import LISTENING
from afterword.core.line import Line, connect
from afterword.events.copying import row_start

_POLL_SECONDS = 3.0
_APART_SECONDS = 0.2
# What is known is trusted for so long after the database went away.
_STALE_SECONDS = 15.0
_MAX_HEADERS = 10_000

_LOAD: LiteralString = """
    SELECT token.hash, token.id, token.workspace_id, token.scope, coalesce(heard.names, '{}')
    FROM workspaces_token AS token
    LEFT JOIN (
        SELECT workspace_id, array_agg(DISTINCT event) AS names
        FROM campaigns_campaign, unnest(events) AS event
        WHERE archived_at IS NULL
        GROUP BY workspace_id
    ) AS heard USING (workspace_id)
    WHERE token.revoked_at IS NULL
"""
_CAMPAIGNS: LiteralString = """
    SELECT workspace_id, id::text, ARRAY[id::text, name, key] FROM campaigns_campaign ORDER BY id
"""


class UnknownKey(Exception):
    """No live token is like that, as far as is known here."""


class Key(msgspec.Struct, frozen=True, eq=False):
    """A live token, and the event names that its workspace listens for."""

    token_id: UUID
    workspace_id: UUID
    scope: str
    may_send: bool
    names: frozenset[str]
    row_start: bytes
    # The workspace's campaigns: their ids by id, name and key, all in small letters.
    campaigns: Mapping[str, str] = {}


class Listening:
    """The live tokens by secret. `ready` is False while nothing is known, or only old news."""

    def __init__(self, conninfo: str, line: Line, hash_token: Callable[[str], bytes]) -> None:
        self.ready = False
        self._conninfo = conninfo
        self._line = line
        self._hash_token = hash_token
        self._by_hash: dict[bytes, Key] = {}
        self._by_secret: dict[str, Key] = {}
        self._by_header: dict[bytes, Key] = {}
        self._loaded_at = 0.0
        self._wanted = asyncio.Event()
        self._waiting: list[asyncio.Future[None]] = []

    def by_secret(self, secret: str) -> Key:
        """Return the token; raises UnknownKey."""
        key = self._by_secret.get(secret)
        if key is None:
            key = self._by_hash.get(self._hash_token(secret))
            if key is None:
                raise UnknownKey
            self._by_secret[secret] = key
        return key

    def by_header(self, authorization: bytes) -> Key | None:
        """Return the token that Basic or Bearer authentication names; None if it names none.

        Raises UnknownKey.
        """
        key = self._by_header.get(authorization)
        if key is not None:
            return key
        secrets = list(secrets_in(authorization))
        for secret in secrets:
            key = self._by_hash.get(self._hash_token(secret))
            if key is not None:
                if len(self._by_header) >= _MAX_HEADERS:
                    self._by_header.clear()
                self._by_header[authorization] = key
                return key
        if secrets:
            raise UnknownKey
        return None

    async def refresh(self) -> None:
        """Return when everything committed until now is known; raises psycopg.Error."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append(done)
        self._wanted.set()
        await done

    async def keep_fresh(self) -> None:
        """Load whenever it is asked for or notified, and every few seconds all the same."""
        try:
            await self._keep_loading()
        finally:
            self.ready = False

    async def _keep_loading(self) -> None:
        while True:
            waiting, self._waiting = self._waiting, []
            self._wanted.clear()
            try:
                campaigns = await self._line.run(_CAMPAIGNS)
                self._replace(await self._line.run(_LOAD), _by_workspace(campaigns))
            except psycopg.Error as error:
                if monotonic() - self._loaded_at > _STALE_SECONDS:
                    self.ready = False
                _settle(waiting, error)
            else:
                _settle(waiting, None)
            await asyncio.sleep(_APART_SECONDS)
            try:
                async with asyncio.timeout(_POLL_SECONDS):
                    await self._wanted.wait()
            except TimeoutError:
                continue

    async def keep_listening(self) -> None:
        """Hear of changes as they are committed; polling covers the times when this is broken."""
        while True:
            try:
                async with await connect(self._conninfo, "ingest") as connection:
                    await connection.execute(f"LISTEN {LISTENING}")
                    self._wanted.set()
                    async for _ in connection.notifies():
                        self._wanted.set()
            except psycopg.Error:
                await asyncio.sleep(_POLL_SECONDS)

    def _replace(
        self, rows: list[tuple[Any, ...]], campaigns: Mapping[UUID, Mapping[str, str]]
    ) -> None:
        by_hash: dict[bytes, Key] = {}
        for digest, token_id, workspace_id, scope, names in rows:
            trusted = scope == "ingest"
            start = row_start(workspace_id, token_id, is_trusted=trusted)
            may_send = trusted or scope == "browser"
            by_hash[bytes(digest)] = Key(
                token_id,
                workspace_id,
                scope,
                may_send,
                frozenset(names),
                start,
                campaigns.get(workspace_id, {}),
            )
        self._by_hash, self._by_secret, self._by_header = by_hash, {}, {}
        self._loaded_at = monotonic()
        self.ready = True


def _by_workspace(rows: list[tuple[Any, ...]]) -> dict[UUID, dict[str, str]]:
    """What is one campaign's id is not looked up as another's name, nor a name as a key."""
    found: dict[UUID, dict[str, str]] = {}
    for at in range(3):
        for workspace_id, id_, called in rows:
            found.setdefault(workspace_id, {}).setdefault(called[at].casefold(), id_)
    return found


def secrets_in(authorization: bytes) -> Iterator[str]:
    """Yield what the user of a Basic header may be: some clients forget the colon or base64.

    Of a Bearer header, all there is.
    """
    scheme, _, rest = authorization.strip().partition(b" ")
    raw = rest.strip()
    if is_bearer(authorization) and raw:
        yield raw.decode("latin-1")
    if scheme.lower() != b"basic":
        return
    try:
        user = b64decode(raw, validate=True).partition(b":")[0].decode()
    except (binascii.Error, UnicodeDecodeError):
        user = ""
    if user:
        yield user
    if raw and not raw.endswith(b"="):
        yield raw.partition(b":")[0].decode("latin-1")


def is_bearer(authorization: bytes) -> bool:
    return authorization.lstrip()[:7].lower() == b"bearer "


def _settle(waiting: list["asyncio.Future[None]"], error: psycopg.Error | None) -> None:
    for future in waiting:
        if not future.done():
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)
