"""A connection to PostgreSQL for an event loop, made again whenever it broke."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg
from django.db import connection
from psycopg.conninfo import make_conninfo

logger = logging.getLogger(__name__)

# A server that says nothing for so long is as good as away.
PATIENCE_SECONDS = 8
Connection = psycopg.AsyncConnection[tuple[Any, ...]]


def conninfo() -> str:
    """Return Django's database as libpq wants it."""
    database = connection.settings_dict
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST"}
    names["port"] = "PORT"
    options = {name: database[key] for name, key in names.items() if database[key]}
    options |= {name: value for name, value in database["OPTIONS"].items() if name != "pool"}
    return make_conninfo(**options)


async def connect(conninfo: str, name: str) -> Connection:
    """Open a connection that commits every statement; raises psycopg.Error."""
    return await psycopg.AsyncConnection.connect(
        conninfo, autocommit=True, connect_timeout=5, application_name=f"afterword {name}"
    )


def reason(error: psycopg.Error) -> str:
    """Return what went wrong in a line, without the rows that PostgreSQL may add to it."""
    text = error.diag.message_primary or str(error) or type(error).__name__
    return text.splitlines()[0]


class Line:
    """One errand at a time; one that fails raises psycopg.Error, and the next connects anew.

    With `plans_once` each statement is planned the first time, for any values: worth it for the
    few that are said again and again, where planning takes longer than doing.
    """

    def __init__(self, conninfo: str, name: str, *, plans_once: bool = False) -> None:
        self._conninfo = conninfo
        self._name = name
        self._plans_once = plans_once
        self._connection: Connection | None = None
        self._turn = asyncio.Lock()
        self._is_broken = False

    async def run(
        self, statement: LiteralString, values: Sequence[object] = ()
    ) -> list[tuple[Any, ...]]:
        async with self._turn:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    rows = await self._run(statement, values)
            except TimeoutError:
                error = psycopg.OperationalError("the database does not answer")
                await self._note(error)
                raise error from None
            except psycopg.Error as error:
                await self._note(error)
                raise
            self._is_broken = False
            return rows

    async def close(self) -> None:
        async with self._turn:
            await self._drop()

    async def _run(self, statement: LiteralString, values: Sequence[object]) -> list[Any]:
        if self._connection is None:
            self._connection = await connect(self._conninfo, self._name)
            if self._plans_once:
                await self._connection.execute("SET plan_cache_mode = force_generic_plan")
        prepare = self._plans_once or None  # None leaves it to psycopg
        cursor = await self._connection.execute(statement, values, prepare=prepare)
        return await cursor.fetchall() if cursor.description else []

    async def _note(self, error: psycopg.Error) -> None:
        """Log the first of a row of failures, and start afresh."""
        if not self._is_broken:
            self._is_broken = True
            logger.warning("%s cannot use its database: %s", self._name, reason(error))
        await self._drop()

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
