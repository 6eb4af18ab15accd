"""Answers travel compressed; what is written while it is read is one gzip stream.

Django packs each piece of such an answer by itself. Chromium unpacks the first and drops the
rest without a word (django/middleware/gzip.py, 5.2): an export was its header alone.
"""

import zlib
from collections.abc import AsyncIterable, AsyncIterator
from typing import cast

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.middleware.gzip import GZipMiddleware, re_accepts_gzip
from django.utils.cache import patch_vary_headers

_GZIP = 16 + zlib.MAX_WBITS  # with gzip's header and check sum


class Compression(GZipMiddleware):
    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if not (isinstance(response, StreamingHttpResponse) and response.is_async):
            return super().process_response(request, response)
        if response.has_header("Content-Encoding"):
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        if re_accepts_gzip.search(request.headers.get("Accept-Encoding", "")):
            pieces = cast("AsyncIterator[bytes]", response.streaming_content)
            response.streaming_content = _packed(pieces)
            response.headers["Content-Encoding"] = "gzip"
        return response


async def _packed(pieces: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """Each piece leaves at once: who waits for a long file sees it come."""
    packer = zlib.compressobj(wbits=_GZIP)
    async for piece in pieces:
        yield packer.compress(piece) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()
