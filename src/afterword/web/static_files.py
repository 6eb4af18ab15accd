"""Serves static files, for pages that are answered asynchronously."""

from collections.abc import Awaitable, Callable
from functools import cache

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.decorators import async_only_middleware
from whitenoise.middleware import WhiteNoiseMiddleware

AsyncView = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@async_only_middleware
def static_files(get_response: AsyncView) -> AsyncView:
    """As WhiteNoise's own middleware, which knows no async.

    Django would run everything behind that one in an event loop made anew for each request.
    """
    files = found_files()

    async def serve(request: HttpRequest) -> HttpResponseBase:
        found = files.files.get(request.path_info)
        if found is None:
            return await get_response(request)
        said = found.get_response(request.method, request.META)
        content = b""
        if said.file is not None:
            with said.file as file:
                content = file.read()
        response = HttpResponse(content, status=int(said.status))
        del response["Content-Type"]  # one that is not changed has none
        for name, value in said.headers:
            response[name] = value
        return response

    return serve


@cache
def found_files() -> WhiteNoiseMiddleware:
    """Look for all files, once for each process: whatever answers requests in it shares them."""
    return WhiteNoiseMiddleware(lambda request: None)
