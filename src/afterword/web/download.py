"""Sends a file that is written while it is read, however long it is: memory stays flat."""

from collections.abc import Iterator

from django.http import StreamingHttpResponse

from afterword.core.streamed import streamed


def csv_download(name: str, pieces: Iterator[bytes]) -> StreamingHttpResponse:
    """Answer with the pieces of a CSV file; each may ask the database, and asks anew."""
    return StreamingHttpResponse(
        streamed(pieces),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
