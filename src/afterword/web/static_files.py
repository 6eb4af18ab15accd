"""Serves static files, for pages that are answered asynchronously."""

from collections.abc import Awaitable, Callable
from contextlib import closing

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.decorators import async_only_middleware
from whitenoise.middleware import WhiteNoiseMiddleware

AsyncView = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@async_only_middleware
def static_files(get_response: AsyncView) -> AsyncView:
    """As WhiteNoise's own middleware, which knows no async.

    Django would run everything behind that one in an event loop made anew for each request.
    """
    files = WhiteNoiseMiddleware(lambda request: None)

    async def serve(request: HttpRequest) -> HttpResponseBase:
        found = files.files.get(request.path_info)
        if found is None:
            return await get_response(request)
        with closing(files.serve(found, request)) as response:  # of a file, in pieces
            return HttpResponse(
                b"".join(response), status=response.status_code, headers=dict(response.items())
            )

    return serve
