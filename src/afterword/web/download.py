"""Sends a file that is written while it is read, however long it is: memory stays flat."""

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import StreamingHttpResponse


def csv_download(name: str, pieces: Iterator[bytes]) -> StreamingHttpResponse:
    return download(name, pieces, "text/csv")


def download(name: str, pieces: Iterator[bytes], type_: str) -> StreamingHttpResponse:
    """Answer with the pieces of a file in UTF-8; each may ask the database, and asks anew."""
    return StreamingHttpResponse(
        _in_turn(pieces),
        content_type=f"{type_}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _in_turn(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    read = sync_to_async(lambda: _next(pieces))
    while piece := await read():
        yield piece


def _next(pieces: Iterator[bytes]) -> bytes:
    piece = next(pieces, b"")
    if not connection.in_atomic_block:
        connection.close()  # back to the pool while a slow reader takes what is there
    return piece
