"""Long answers that are made while they are sent, so that memory stays flat."""

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.db import connection


async def streamed(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield pieces, each of which may ask the database; none is empty.

    Each is made with queries of its own: between two of them no connection is held.
    """
    read = sync_to_async(lambda: _next(pieces))
    while piece := await read():
        yield piece


def _next(pieces: Iterator[bytes]) -> bytes:
    piece = next(pieces, b"")
    if not connection.in_atomic_block:
        connection.close()  # back to the pool while a slow reader takes what is there
    return piece
